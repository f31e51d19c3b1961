"""Home, search, the figures of a quarter from the district down to the street, and the activity log."""

from django.urls import path, register_converter

from dashboard.views import deliveries, events, figures, home, remind_now, reminder_rules, status


class QuarterConverter:
    """`2026q4`."""

    regex = "20[0-9]{2}q[1-4]"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(QuarterConverter, "quarter")

app_name = "dashboard"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    # Figures
    path("dashboards/", figures.figures_now, name="figures"),
    path("dashboards/<quarter:code>/", figures.figures_of, name="figures_of"),
    path("dashboards/<quarter:code>/streets/<slug:slug>/", figures.figures_of_street, name="figures_of_street"),
    path("indicators/", figures.indicators, name="indicators"),
    # Reminders: rules, sending by hand, what was sent
    path("reminders/rules/", reminder_rules.reminder_rules, name="reminder_rules"),
    path("reminders/rules/<slug:rule>/", reminder_rules.reminder_rule, name="reminder_rule"),
    path("reminders/rules/<slug:rule>/preview/", reminder_rules.reminder_preview, name="reminder_preview"),
    path("reminders/now/", remind_now.remind_now, name="remind_now"),
    path("reminders/now/<slug:rule>/", remind_now.remind_of, name="remind_of"),
    path("reminders/by-hand/<int:pk>/", remind_now.remind_sent, name="remind_sent"),
    path("reminders/by-hand/<int:pk>/take-back/", remind_now.remind_take_back, name="remind_take_back"),
    path("reminders/ledger/", deliveries.deliveries, name="deliveries"),
    path("reminders/ledger/export/", deliveries.deliveries_export, name="deliveries_export"),
    path("reminders/ledger/again/", deliveries.deliver_all_again, name="deliver_all_again"),
    path("reminders/ledger/release/", deliveries.deliveries_release, name="deliveries_release"),
    path("reminders/ledger/<int:pk>/again/", deliveries.deliver_again, name="deliver_again"),
    path("reminders/ledger/<int:pk>/arrived/", deliveries.delivery_arrived, name="delivery_arrived"),
    path("status/", status.status, name="status"),
    # What happened
    path("events/", events.events, name="events"),
    path("events/verify/", events.verify_events, name="verify_events"),
]
