"""Addresses of a person's own account."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("about-me/", views.demographics, name="demographics"),
    path("tokens/", views.create_token, name="token-create"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="token-revoke"),
    path("data/", views.download_data, name="data"),
    path("delete/", views.delete_account, name="delete"),
]
