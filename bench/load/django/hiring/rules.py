"""What somebody may do about an application, and how they are shown it."""

from .models import GROUPS


def moment(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def channels(user, job_contacts, activity):
    """Through which channels the user may carry the activity out."""
    if user.customer_id is None:
        return ["interview"] if activity.get("kind") == "interview" else ["email", "phone", "statusOnly"]
    if user.id not in job_contacts:
        return []
    return activity.get("release", {}).get(user.contact_role, [])


def available(user, job_contacts, workflow, status):
    """The activities from this status, each with the user's channels."""
    found = []
    for activity in workflow.document["activities"]:
        if status in activity["fromStatuses"]:
            if offered := channels(user, job_contacts, activity):
                found.append((activity, offered))
    return found


def status_name(user, workflow, status_id):
    return workflow.status(status_id)["name" if user.customer_id is None else "nameForContacts"]


def application_view(user, application, job, workflow, job_contacts):
    applicant = {
        "fullName": application.full_name(),
        "salutation": application.salutation,
        "title": application.title,
        "firstName": application.first_name,
        "lastName": application.last_name,
        "titleAfterName": application.title_after_name,
        "email": application.email,
        "phone": application.phone,
        "language": application.language,
        "timeZone": application.time_zone,
    }
    return {
        "id": application.id,
        "version": str(application.version),
        "applicant": {name: value for name, value in applicant.items() if value},
        "job": {"id": job.id, "title": job.title, "location": job.location, "customerId": job.customer_id},
        "status": application.status,
        "statusName": status_name(user, workflow, application.status),
        "statusGroup": GROUPS[application.status_group],
        "statusSince": moment(application.status_since),
        "updatedAt": moment(application.updated_at),
        "mayAct": bool(available(user, job_contacts, workflow, application.status)),
    }


def activity_view(user, workflow, activity, offered, templates):
    target = workflow.status(activity["targetStatus"])
    return {
        "id": activity["id"],
        "name": activity["name"],
        "kind": activity.get("kind", "decision"),
        "channels": offered,
        "targetStatus": target["id"],
        "targetStatusName": status_name(user, workflow, target["id"]),
        "rejection": target["group"] == "rejected",
        "templates": templates,
    }
