"""The clocks of quality control run every hour: reminders, escalations, collected messages."""

from datetime import timedelta

from django.db import migrations

from provident.kernel import SystemClock


NAME = "quality clocks"


def start(apps, schema_editor):
    """Have the engine run them, from an hour after the migration on."""
    Schedule = apps.get_model("django_q", "Schedule")
    Schedule.objects.get_or_create(
        name=NAME,
        defaults={
            "func": "provident.web.qc.tasks.quality_clocks",
            "args": "'hour'",
            "schedule_type": "H",
            "next_run": SystemClock().now() + timedelta(hours=1),
        },
    )


def stop(apps, schema_editor):
    """Take them out of the engine."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("qc", "0002_programme"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(start, stop)]
