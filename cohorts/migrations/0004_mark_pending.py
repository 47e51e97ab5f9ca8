"""In a draft, what was seen may be written before the mark is chosen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0003_selection")]

    operations = [
        migrations.AlterField(
            model_name="criterionmark",
            name="mark",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="note"),
        ),
    ]
