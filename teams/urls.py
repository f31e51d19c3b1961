"""Addresses of people, teams and places."""

from django.urls import path

from teams.views import contact, nominations, people, phone, places, roles, seats, session, teams

app_name = "teams"
urlpatterns = [
    # Signing in, me
    path("login/", session.login, name="login"),
    path("logout/", session.logout, name="logout"),
    path("stay/", session.stay, name="stay"),
    path("password/<str:uid>/<str:token>/", session.set_password, name="set_password"),
    path("me/", session.profile, name="profile"),
    path("me/password/", session.change_password, name="change_password"),
    path("me/email/", contact.change_email, name="change_email"),
    path("me/email/send/", contact.send_email_links, name="send_email_links"),
    path("me/email/withdraw/", contact.withdraw_email, name="withdraw_email"),
    path("email/<str:token>/", contact.confirm_email, name="confirm_email"),
    path("me/phone/", phone.change_phone, name="change_phone"),
    path("me/phone/codes/", phone.confirm_phone, name="confirm_phone"),
    path("me/phone/send/", phone.send_phone_codes, name="send_phone_codes"),
    path("me/phone/withdraw/", phone.withdraw_phone, name="withdraw_phone"),
    path("me/preferences/", session.save_preferences, name="save_preferences"),
    path("me/role/", session.switch_role, name="switch_role"),
    # Teams and their seats
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:number>/", teams.team, name="team"),
    path("teams/<int:number>/history/", teams.team_history, name="team_history"),
    path("teams/<int:number>/seats/<slug:code>/nominate/", seats.nominate, name="nominate"),
    path("teams/<int:number>/seats/<slug:code>/replace/", seats.replace, name="replace"),
    path("teams/<int:number>/seats/<slug:code>/vacate/", seats.vacate, name="vacate"),
    path("coverage/", teams.coverage, name="coverage"),
    # Nominations
    path("nominations/", nominations.nominations, name="nominations"),
    path("nominations/<int:pk>/", nominations.nomination, name="nomination"),
    path("nominations/<int:pk>/approve/", nominations.approve, name="approve"),
    path("nominations/<int:pk>/decline/", nominations.decline, name="decline"),
    # Places
    path("areas/", places.areas, name="areas"),
    path("areas/<slug:slug>/", places.area, name="area"),
    path("areas/<slug:slug>/pair/", places.pair_area, name="pair_area"),
    path("areas/<slug:slug>/end-pairing/", places.end_pairing, name="end_pairing"),
    path("units/<slug:slug>/", places.unit, name="unit"),
    # People and accounts
    path("people/<int:pk>/", people.person, name="person"),
    path("accounts/", people.accounts, name="accounts"),
    path("accounts/new/", people.account_new, name="account_new"),
    path("accounts/<int:pk>/", people.account, name="account"),
    path("accounts/<int:pk>/link/", people.account_link, name="account_link"),
    path("accounts/<int:pk>/details/", people.account_details, name="account_details"),
    path("accounts/<int:pk>/roles/", roles.account_give_role, name="account_give_role"),
    path("accounts/roles/<int:grant>/end/", roles.account_end_role, name="account_end_role"),
    path("accounts/<int:pk>/phone/", people.account_phone, name="account_phone"),
    path("accounts/<int:pk>/email/", people.account_email, name="account_email"),
    path("accounts/<int:pk>/close/", people.account_close, name="account_close"),
    path("accounts/<int:pk>/open/", people.account_open, name="account_open"),
]
