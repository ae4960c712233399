"""The deployed API, as a browser reaches it."""

import re

import requests

from deployment import PORTAL_URL


class Portal:
    """Requests by HTTP to the deployed API; each says what it expects."""

    def __init__(self, deployment):
        self.deployment = deployment
        self.http = requests.Session()
        # Neither proxies nor certificates of the machine's own settings.
        self.http.trust_env = False
        self.http.verify = str(deployment.certificate)
        self.http.headers["host"] = f"{deployment.api}.execute-api.localhost"
        self.requests = 0

    def request(self, method, path, body=None, status=200, token=None, headers=()):
        self.requests += 1
        headers = dict(headers)
        if token:
            headers["authorization"] = f"Bearer {token}"
        answer = self.http.request(
            method, self.deployment.endpoint + path, json=body, headers=headers, timeout=60
        )
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer

    def sign_in(self, email, password):
        answer = self.request("POST", "/api/session", {"email": email, "password": password})
        cookie = answer.headers["set-cookie"]
        assert re.match(r"refresh=[^;]{20,};", cookie), cookie
        for attribute in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/api/session"):
            assert attribute in cookie, cookie
        self.http.cookies.clear()
        return Person(self, answer.json()["accessToken"], cookie.split(";")[0])

    def accept_invitation(self, email, password):
        """Follows the link of the newest mail to the address, sets the password and signs in."""
        mail = self.deployment.mails_to(email)[-1]
        token = re.search(rf"{re.escape(PORTAL_URL)}/set-password#(\S+)", mail["BodyText"])[1]
        self.request("PUT", f"/api/password-resets/{token}", {"newPassword": password}, 204)
        return self.sign_in(email, password)


class Person:
    """Somebody who has signed in."""

    def __init__(self, portal, token, cookie):
        self.portal, self.token, self.cookie = portal, token, cookie

    def request(self, method, path, body=None, status=200, headers=()):
        return self.portal.request(method, path, body, status, self.token, headers)

    def get(self, path):
        return self.request("GET", path).json()

    def act(self, application, channel, body, key, status=200):
        """Carries out the application's one activity that has the channel."""
        shown = self.get(f"/api/applications/{application}")
        activity = next(each for each in shown["activities"] if channel in each["channels"])
        kinds = {"email": "email", "phone": "phone-call", "statusOnly": "status-change", "interview": "interview"}
        path = f"/api/applications/{application}/activities/{activity['id']}/{kinds[channel]}"
        headers = {"if-match": f'"{shown["version"]}"', "idempotency-key": key}
        return self.request("POST", path, body, status, headers).json()
