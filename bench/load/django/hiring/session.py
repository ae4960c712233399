"""Who asks."""

from django.core import signing

from .models import User
from .problems import Problem

LIFETIME = 600
SALT = "access token"


def token(user):
    return signing.dumps({"sub": user.id}, salt=SALT)


def caller(request):
    """The user of a signed, fresh token who is still active."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise signing.BadSignature
        claims = signing.loads(given, salt=SALT, max_age=LIFETIME)
        return User.objects.get(pk=claims["sub"], active=True)
    except (signing.BadSignature, User.DoesNotExist) as error:
        raise Problem(401, "unauthenticated") from error
