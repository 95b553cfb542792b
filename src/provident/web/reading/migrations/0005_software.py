"""Output of algorithms that read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reading", "0004_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutputFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("design", models.CharField(max_length=60)),
                ("algorithm", models.CharField(max_length=200)),
                ("version", models.CharField(max_length=100)),
                ("plan_version", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=200)),
                ("reads", models.PositiveIntegerField()),
                ("same", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.membership")),
                ("signature", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.signature")),
                ("study", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="outputs", to="studies.study")),
            ],
            options={"ordering": ("-at", "-pk")},
        ),
        migrations.CreateModel(
            name="OutputRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=240)),
                ("output", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="made", to="reading.outputfile")),
                ("read", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="from_output", to="reading.read")),
            ],
        ),
        migrations.AddConstraint(
            model_name="outputfile",
            constraint=models.UniqueConstraint(fields=("study", "design", "sha256", "plan_version"), name="output_file_taken_once"),
        ),
    ]
