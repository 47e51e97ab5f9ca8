from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "placements"
    verbose_name = "suites de parcours"

    def ready(self) -> None:
        from placements.refresh import watch  # models are not there before the apps are

        watch()
