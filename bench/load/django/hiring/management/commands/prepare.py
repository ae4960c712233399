"""The tables, and the company of the portal's own demo."""

from pathlib import Path

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from hiring.models import Customer, Job, MailTemplate, TemplateRelease, User, Workflow


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("password")

    def handle(self, *arguments, folder, password, **options):
        settings.INBOX.mkdir(parents=True, exist_ok=True)
        call_command("migrate", run_syncdb=True, verbosity=0)
        with transaction.atomic():
            self.load(lambda name: yaml.safe_load((folder / f"{name}.yaml").read_text()), make_password(password))

    def load(self, read, password):
        for customer in read("customers"):
            Customer.objects.create(id=customer["id"], name=customer["name"])
        activities = {}
        for name in ["fachkraefte", "betrieb"]:
            document = read(name)
            workflow = Workflow.objects.create(id=document["id"], document=document)
            activities |= {activity["id"]: workflow for activity in document["activities"]}
        for user in read("users"):
            role = user["role"]
            User.objects.create(
                id=user["id"],
                email=user["email"],
                name=user["name"],
                password=password,
                customer_id=role.get("customerId"),
                contact_role=role.get("contactRole", ""),
                signature=user.get("signature", ""),
                active=user["active"],
            )
        for job in read("jobs"):
            fields = {"title": job["title"], "location": job["location"]}
            keys = {"external_id": job["externalId"], "customer_id": job["customerId"], "workflow_id": job["workflowId"]}
            Job.objects.create(id=job["id"], **fields, **keys).contacts.set(job["contactIds"])
        for template in read("templates"):
            made = MailTemplate.objects.create(id=template["id"], name=template["name"], language=template["language"])
            if template["releasedToPortal"]:
                for activity in template["activityIds"]:
                    TemplateRelease.objects.create(template=made, workflow=activities[activity], activity_id=activity)
