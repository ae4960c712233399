"""What is kept."""

from django.db import models

GROUPS = ["new", "internal", "proposed", "external", "accepted", "rejected"]


class Customer(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=200)


class Workflow(models.Model):
    """Its statuses and activities are read and written as one document."""

    id = models.CharField(primary_key=True, max_length=64)
    document = models.JSONField()

    def status(self, status_id):
        return next(status for status in self.document["statuses"] if status["id"] == status_id)


class User(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    password = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT)
    contact_role = models.CharField(max_length=16, blank=True)
    signature = models.TextField(blank=True)
    active = models.BooleanField(default=True)


class Job(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    external_id = models.CharField(unique=True, max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    workflow = models.ForeignKey(Workflow, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    location = models.CharField(max_length=200)
    contacts = models.ManyToManyField(User)


class MailTemplate(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=16)


class TemplateRelease(models.Model):
    """For which activity a template is offered."""

    template = models.ForeignKey(MailTemplate, on_delete=models.CASCADE)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE)
    activity_id = models.CharField(max_length=64)


class Application(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    external_id = models.CharField(unique=True, max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_index=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, db_index=False)
    salutation = models.CharField(max_length=8)
    title = models.CharField(max_length=64, blank=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    title_after_name = models.CharField(max_length=64, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=16)
    time_zone = models.CharField(max_length=64, default="Europe/Vienna")
    status = models.CharField(max_length=64)
    status_group = models.PositiveSmallIntegerField()
    status_since = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    history_head = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "status_group", "status_since", "id"], name="by_customer"),
            models.Index(fields=["job", "status_group", "status_since", "id"], name="by_job"),
        ]

    def full_name(self):
        names = " ".join(filter(None, [self.title, self.first_name, self.last_name]))
        return f"{names}, {self.title_after_name}" if self.title_after_name else names


class HistoryEntry(models.Model):
    application = models.ForeignKey(Application, on_delete=models.PROTECT, db_index=False)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT)
    channel = models.CharField(max_length=16)
    activity_id = models.CharField(max_length=64)
    from_status = models.CharField(max_length=64)
    to_status = models.CharField(max_length=64)
    content = models.TextField()
    salt = models.CharField(max_length=32)
    content_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "sequence"], name="one_chain")]


class Mail(models.Model):
    id = models.CharField(primary_key=True, max_length=96)
    entry = models.ForeignKey(HistoryEntry, on_delete=models.PROTECT)
    recipient = models.EmailField()
    state = models.CharField(max_length=16)
    owner = models.CharField(max_length=32)
    ordered_at = models.DateTimeField()
    message_id = models.CharField(max_length=32, blank=True)
    mime = models.BinaryField()

    class Meta:
        # What a sweep has to see to.
        indexes = [models.Index(fields=["ordered_at"], condition=models.Q(state="sending"), name="open_mails")]


class Command(models.Model):
    """What was done under an idempotency key, and how it was answered."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    answered = models.TextField()
    version = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="once")]
