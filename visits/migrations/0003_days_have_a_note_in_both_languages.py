"""The note of a day off becomes its Chinese note, and an English one stands beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_recorded_is_to_be_closed")]

    operations = [
        migrations.RenameField(model_name="calendarday", old_name="note", new_name="note_zh"),
        migrations.AlterField(
            model_name="calendarday",
            name="note_zh",
            field=models.CharField(blank=True, max_length=40, verbose_name="Chinese note"),
        ),
        migrations.AddField(
            model_name="calendarday",
            name="note_en",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="English note"),
            preserve_default=False,
        ),
    ]
