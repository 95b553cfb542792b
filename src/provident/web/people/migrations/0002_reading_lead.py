"""Who watches the readers has a role of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("trial_manager", "trial_manager"),
                    ("site", "site"),
                    ("qc", "qc"),
                    ("reader", "reader"),
                    ("adjudicator", "adjudicator"),
                    ("reading_lead", "reading_lead"),
                    ("statistician", "statistician"),
                    ("monitor", "monitor"),
                ],
                max_length=30,
            ),
        )
    ]
