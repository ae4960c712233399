"""The routes."""

from django.urls import path

from hiring import views

urlpatterns = [
    path("api/session", views.sign_in),
    path("api/applications", views.applications),
    path("api/applications/<slug:application_id>", views.application),
    path("api/applications/<slug:application_id>/activities/<str:activity_id>/email", views.email),
]
