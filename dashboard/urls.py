"""Home, search, the figures of a quarter from the district down to the street, and the activity log."""

from django.urls import path, register_converter

from dashboard.views import events, figures, home


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
    # What happened
    path("events/", events.events, name="events"),
    path("events/verify/", events.verify_events, name="verify_events"),
]
