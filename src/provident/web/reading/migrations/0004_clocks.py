"""The clock of reading runs every day: repeats whose washout is over are drawn."""

from datetime import timedelta

from django.db import migrations

from provident.kernel import SystemClock


NAME = "reading clocks"


def start(apps, schema_editor):
    """Have the engine run it, from an hour after the migration on."""
    Schedule = apps.get_model("django_q", "Schedule")
    Schedule.objects.get_or_create(
        name=NAME,
        defaults={
            "func": "provident.web.reading.tasks.reading_clocks",
            "args": "'day'",
            "schedule_type": "D",
            "next_run": SystemClock().now() + timedelta(hours=1),
        },
    )


def stop(apps, schema_editor):
    """Take it out of the engine."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("reading", "0003_designs"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(start, stop)]
