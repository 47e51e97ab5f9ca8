"""The peers of a report: SQL written by hand, over the base tables in one pass, and over facts.

The same text of counts is asked of both; three dialects (PostgreSQL, SQLite, DuckDB) differ in their dates only.
"""

from __future__ import annotations

from dataclasses import dataclass

from learners.states import RANK

PLACE = {kind.value: place for place, kind in enumerate(RANK)}
UNKNOWN, TRAINED = len(PLACE), PLACE["training_qualifying"]


@dataclass(frozen=True)
class Dialect:
    """`months`, `days`, `between`: SQL for a date plus months (clamped), plus days, and the days from one to another."""

    months: str
    days: str
    between: str
    any: str = "MAX(CASE WHEN {0} THEN 1 ELSE 0 END)"
    least: str = "LEAST({0}, {1})"

    def m(self, day: str, n: int) -> str:
        return self.months.format(day=day, n=n, after=n + 1)

    def d(self, day: str, n: int) -> str:
        return self.days.format(day=day, n=n)


DIALECTS = {
    "postgresql": Dialect("({day} + INTERVAL '{n} months')::date", "({day} + {n})", "({to} - {since})"),
    "duckdb": Dialect("CAST({day} + INTERVAL {n} MONTH AS DATE)", "({day} + {n})", "({to} - {since})"),
    "sqlite": Dialect(
        "MIN(date({day}, '+{n} months'), date({day}, 'start of month', '+{after} months', '-1 day'))",
        "date({day}, '{n:+} days')",
        "CAST(julianday({to}) - julianday({since}) AS INTEGER)",
        least="MIN({0}, {1})",
    ),
}


def ranks(*kinds: str) -> str:
    return f"({', '.join(str(PLACE[kind]) for kind in kinds)})"


SALARIED = ("cdi", "cdd", "temp", "seasonal", "subsidised", "iae", "public")
ALTERNANCE = ("apprenticeship", "professionalisation")
TRAINING = ("training_qualifying", "training_other", "school")
NEUTRAL = ("unavailable", "moved_abroad", "deceased")
WORK = (*SALARIED, *ALTERNANCE, "self_employed")
FIXED = ranks("cdd", "temp", "seasonal", *ALTERNANCE)


def spans(sql: Dialect) -> str:
    """Every situation with what rules ask of it, its place in the order of preference packed in one number."""
    rank = f"CASE kind {' '.join(f'WHEN {kind!r} THEN {place}' for kind, place in PLACE.items())} END"
    last = "COALESCE(planned_end_on, ends_on, confirmed_on)"
    endless = "kind IN ('cdi', 'public', 'self_employed')"

    def lasts(n: int, margin: int) -> str:
        return f"(CASE WHEN {endless} OR {sql.m('starts_on', n)} <= {sql.d(last, margin)} THEN 1 ELSE 0 END)"

    length = sql.between.format(to=last, since="starts_on")
    days = f"CASE WHEN {endless} THEN 99999 ELSE COALESCE({length}, -1) + 1 END"
    age = sql.between.format(to="starts_on", since="DATE '1990-01-01'" if sql.least[0] == "L" else "'1990-01-01'")
    flags = f"{lasts(6, 1)} + 2 * {lasts(2, 0)} + 4 * (CASE WHEN target_trade THEN 1 ELSE 0 END)"
    proven = "evidence IN ('third_party', 'document', 'confirmed')"
    held = (
        f"{proven} AND (kind IN ('apprenticeship', 'professionalisation') OR ((weekly_hours >= 17.5 OR kind = 'self_employed')"
        f" AND {sql.m('starts_on', 6)} <= {sql.d('COALESCE(ends_on, confirmed_on, starts_on)', 1)}))"
    )
    far = "DATE '9999-12-31'" if sql.least[0] == "L" else "'9999-12-31'"
    return f"""
      SELECT learner_id, starts_on AS starts,
             CASE WHEN kind = 'deceased' THEN {far} ELSE COALESCE(ends_on, confirmed_on, starts_on) END AS until,
             {rank} * CAST(10000000000000000 AS BIGINT) + (99999 - {sql.least.format(f"({days})", "99999")}) * CAST(100000000000 AS BIGINT)
               + CAST(99999 - {age} AS BIGINT) * 1000000 + (id % 1000) * 1000 + {flags} AS place,
             {rank} IN {ranks(*WORK)} AS work, {lasts(1, 1)} = 1 AS month,
             kind IN ('subsidised', 'self_employed') AS always, {held} AS held
        FROM learners_situation
      UNION ALL
      SELECT learner_id, entered_on, COALESCE(exited_on, {far}), {TRAINED} * CAST(10000000000000000 AS BIGINT),
             FALSE, FALSE, FALSE, FALSE
        FROM cohorts_enrolment"""


def base(sql: Dialect) -> str:
    """Facts of every enrolment from the base tables: each span met once, one row per enrolment."""
    days = {"next": sql.d("e.exited_on", 1), **{f"m{n}": sql.m("e.exited_on", n) for n in (1, 3, 6, 12)}}
    days["e6"] = sql.m("e.entered_on", 6)
    won = ",\n".join(
        f"MIN(CASE WHEN s.starts <= {day}_on AND s.until >= {day}_on THEN s.place END) AS won_{day}" for day in days
    )
    started = "s.starts > e.exited_on AND s.starts <= m6_on AND (s.month OR s.always)"
    met = {
        "hired_6m": f"s.work AND {started}",
        "worked_6m": "s.work AND s.month AND s.until > e.exited_on AND s.starts <= m6_on",
        "worked_12m": "s.work AND s.month AND s.until > e.exited_on AND s.starts <= m12_on",
        "held_6m": "s.work AND s.held AND s.starts >= e.entered_on AND s.starts <= m6_on",
    }
    windows = ",\n".join(f"{sql.any.format(condition)} AS {name}" for name, condition in met.items())
    replied = ", ".join(
        f"{sql.any.format(f'milestone = {n} AND ' + ANSWERED)} AS replied_{n}" for n in (6, 12)
    )  # fmt: skip
    kinds = ",\n".join(f"COALESCE(won_{day} / 10000000000000000, {UNKNOWN}) AS kind_{day}" for day in days)
    if sql.between == DIALECTS["duckdb"].between and "CAST" in sql.months:
        kinds = kinds.replace(" / 1", " // 1")
    age = _age(sql)
    dated = ", ".join(text.replace("e.", "") + f" AS {day}_on" for day, text in days.items())
    return f"""(
    WITH s AS ({spans(sql)}),
         e AS (SELECT id, learner_id, entered_on, exited_on, exit_reason, certification,
                      {dated}
                 FROM cohorts_enrolment),
         w AS (SELECT e.id, {won}, {windows} FROM e LEFT JOIN s ON s.learner_id = e.learner_id GROUP BY e.id),
         r AS (SELECT enrolment_id, {replied} FROM placements_followup GROUP BY enrolment_id)
    SELECT e.*, {kinds}, w.won_next % 2 AS long_next, CASE WHEN w.won_next % 4 >= 2 THEN 1 ELSE 0 END AS over_next, w.won_e6 % 2 AS long_e6,
           CASE WHEN w.won_m6 % 8 >= 4 THEN 1 ELSE 0 END AS trade_m6, w.hired_6m, w.worked_6m, w.worked_12m, w.held_6m,
           COALESCE(r.replied_6, 0) AS replied_6, COALESCE(r.replied_12, 0) AS replied_12,
           e.exit_reason = 'completed' AS completed, e.exited_on IS NOT NULL AND e.exit_reason <> 'completed' AS dropout,
           e.certification = 'obtained' AS certified,
           p.sex, p.status, p.in_education, p.level, p.district_status, p.disability, {age} AS age
      FROM e JOIN w ON w.id = e.id
      LEFT JOIN r ON r.enrolment_id = e.id
      LEFT JOIN cohorts_entryrecord p ON p.enrolment_id = e.id AND p.current) f"""


ANSWERED = "result IN ('answered', 'proxy')"


def _age(sql: Dialect) -> str:
    if sql.least[0] == "M":
        return (
            "CAST(strftime('%Y', e.entered_on) AS INTEGER) - CAST(strftime('%Y', p.born_on) AS INTEGER)"
            " - (strftime('%m%d', e.entered_on) < strftime('%m%d', p.born_on))"
        )
    month_day = "(EXTRACT(MONTH FROM {0}) * 100 + EXTRACT(DAY FROM {0}))"
    entry, birth = month_day.format("e.entered_on"), month_day.format("p.born_on")
    return (
        "EXTRACT(YEAR FROM e.entered_on) - EXTRACT(YEAR FROM p.born_on)"
        f" - CASE WHEN {entry} < {birth} THEN 1 ELSE 0 END"
    )


@dataclass(frozen=True)
class Words:
    """What differs between the columns of facts and those of the base."""

    long_next: str = "long_next = 1"
    over_next: str = "over_next = 1"
    long_e6: str = "long_e6 = 1"
    trade: str = "trade_m6 = 1"
    replied: str = "replied_{0} = 1"
    yes: str = "{0} = 1"
    woman: str = "sex = 'F'"
    sexed: str = "sex <> ''"
    low_level: str = "level IN ('none', '2', '3', '4')"
    levelled: str = "level <> ''"
    inside: str = "district_status = 'in'"
    located: str = "district_status <> ''"
    disabled: str = "disability = 'yes'"
    answered: str = "disability <> ''"
    away: str = "status IN ('unemployed', 'inactive')"
    placed: str = "status <> ''"
    studies: str = "in_education <> ''"
    idle: str = "in_education = 'no'"


BASE = Words()
FACTS = Words(
    long_next="months_next >= 6", over_next="over_next >= 2", long_e6="months_e6 >= 6", trade="trade_m6",
    replied="asked_{0} IN (0, 1)", yes="{0}", woman="sex = 0", sexed="sex IS NOT NULL", low_level="level < 4",
    levelled="level IS NOT NULL", inside="qpv", located="qpv IS NOT NULL", disabled="disabled", answered="disabled IS NOT NULL",
    away="status IN (0, 1)", placed="status IS NOT NULL", studies="in_education IS NOT NULL", idle="NOT in_education",
)  # fmt: skip


def counts(words: Words, start: str, end: str, as_of: str) -> str:
    """Every figure of the twelve rules and of the profile, as one list of aggregates."""
    left, entered = f"exited_on BETWEEN '{start}' AND '{end}'", f"entered_on BETWEEN '{start}' AND '{end}'"
    work, training = ranks(*WORK), ranks(*TRAINING)
    durable = f"(kind_next IN {ranks('cdi', 'public', 'self_employed')} OR kind_next IN {FIXED} AND {words.long_next})"
    short = f"(kind_next IN {FIXED} AND NOT ({words.long_next}) OR kind_next IN {ranks('subsidised')})"
    strict = f"kind_next IN {ranks('training_qualifying', 'training_other', 'iae')}"
    epide = f"(kind_next IN {work} AND {words.over_next} OR kind_next IN {ranks('training_qualifying')})"
    other = f"(kind_next IN {work} AND NOT ({words.over_next}) OR kind_next IN {ranks('training_other', 'school')})"
    going_on = f"kind_m6 IN {ranks('school', 'apprenticeship')}"
    salaried = f"kind_m6 IN {ranks(*SALARIED, 'professionalisation')}"
    gen = f"completed AND kind_m3 <> {UNKNOWN}"
    certified = f"certified AND {words.replied.format(6)} AND kind_m6 NOT IN {ranks(*TRAINING, *NEUTRAL)}"
    cej = f"(kind_e6 IN {ranks('cdi', 'public')} OR kind_e6 IN {ranks('cdd', 'temp')} AND {words.long_e6})"
    neet = f"{words.placed} AND {words.studies} AND age IS NOT NULL"
    yes = words.yes.format
    rules: dict[str, tuple[str, dict[str, str]]] = {
        "gen-2019": ("m3", {
            "denominator": gen, "numerator": f"{gen} AND (kind_m3 IN {work} OR kind_m3 IN {training})",
            "company": f"{gen} AND kind_m3 IN {ranks(*SALARIED, *ALTERNANCE)}",
            "own_firm": f"{gen} AND kind_m3 IN {ranks('self_employed')}", "training": f"{gen} AND kind_m3 IN {training}",
        }),
        "relais-6m": ("m6", {"numerator": f"(kind_m6 IN {work} OR kind_m6 IN {training})"}),
        "iae-exit": ("next", {
            "numerator": f"({durable} OR {short} OR {strict})", "durable": durable, "transition": short, "positive_strict": strict,
        }),
        "plie": ("m12", {"numerator": yes("held_6m"), "unknown": f"kind_m12 = {UNKNOWN} AND NOT ({yes('held_6m')})"}),
        "cej-6m": ("e6", {"numerator": f"kind_e6 IN {work}", "durable": cej}),
        "ft-6m": ("m6", {"numerator": yes("hired_6m"), "unknown": f"kind_m6 = {UNKNOWN} AND NOT ({yes('hired_6m')})"}),
        "inserjeunes-6m": ("m6", {
            "denominator": f"NOT ({going_on})", "numerator": salaried, "continuing": going_on,
            "favourable": f"({salaried} OR {going_on})",
        }),
        "rncp-6m": ("m6", {
            "denominator": certified, "numerator": f"{certified} AND kind_m6 IN {work}",
            "target_trade": f"{certified} AND kind_m6 IN {work} AND {words.trade}",
        }),
        "epide-exit": ("next", {"numerator": epide, "dynamic": other}),
        "cared-1m": ("m1", {"numerator": f"kind_m1 IN {ranks('cdi', 'professionalisation')}"}),
    }  # fmt: skip
    for n in (6, 12):
        replied, worked = words.replied.format(n), yes(f"worked_{n}m")
        rules[f"pric-{n}m"] = (f"m{n}", {
            "denominator": replied, "numerator": f"{replied} AND {worked}", "unknown": f"kind_m{n} = {UNKNOWN} AND NOT ({worked})",
        })  # fmt: skip
    lines = []
    for code, (day, wanted) in rules.items():
        among = f"{entered if day == 'e6' else left} AND {day}_on <= '{as_of}'"
        every = {
            "frame": "1 = 1",
            "dropouts": "dropout",
            "denominator": "1 = 1",
            "unknown": f"kind_{day} = {UNKNOWN}",
            **wanted,
        }
        lines += [_count(f"{among} AND {condition}", f"{code}|{name}") for name, condition in every.items()]
    shares = {
        "women": (words.woman, words.sexed), "qpv": (words.inside, words.located),
        "bac_or_below": (words.low_level, words.levelled), "disabled": (words.disabled, words.answered),
        "neet_under_26": (f"{neet} AND {words.away} AND {words.idle} AND age < 26", neet),
    }  # fmt: skip
    for code, (holds, asked) in shares.items():
        lines += [_count(f"{entered} AND {holds}", f"{code}|n"), _count(f"{entered} AND {asked}", f"{code}|of")]
    return ",\n".join(lines)


def _count(condition: str, name: str) -> str:
    return f'COUNT(*) FILTER (WHERE {condition}) AS "{name}"'


def statement(source: str, words: Words, start: str, end: str, as_of: str) -> str:
    return f"SELECT {counts(words, start, end, as_of)} FROM {source}"
