//! Tokens that are not ours, or not as we make them: each is no token at all.

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tests::{Answer, Person, Portal};

/// Makes tokens as the portal does, from its own secret.
struct Forge {
    header: Value,
    claims: Value,
    key: Ed25519KeyPair,
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn with(object: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut object = object.clone();
    object[name] = value.into();
    object
}

fn without(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().remove(name).unwrap();
    object
}

impl Forge {
    async fn of(portal: &Portal, person: &Person<'_>) -> Self {
        let [header, claims, _] = person.token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let seed = digest(
            &SHA256,
            format!("access-token:{}", portal.signing_seed().await).as_bytes(),
        );
        Self {
            header: decoded(header),
            claims: decoded(claims),
            key: Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).unwrap(),
        }
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        signed_by(&self.key, header, claims)
    }

    fn claiming(&self, claims: &Value) -> String {
        self.signed(&self.header, claims)
    }

    fn headed(&self, header: &Value) -> String {
        self.signed(header, &self.claims)
    }

    fn signed_by_hash(&self, secret: &[u8]) -> String {
        let body = format!(
            "{}.{}",
            encoded(&with(&self.header, "alg", "HS256")),
            encoded(&self.claims)
        );
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), body.as_bytes());
        format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// What is wrong, and the token.
    fn wrong_ones(&self) -> Vec<(String, String)> {
        let Self { header, claims, key } = self;
        let right = self.claiming(claims);
        let [head, body, signature] = right.split('.').collect::<Vec<_>>().try_into().unwrap();
        let public_key = key.public_key().as_ref();
        let other = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let other_key =
            json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64_URL_SAFE_NO_PAD.encode(other.public_key()) });
        let now = claims["iat"].as_i64().unwrap();
        let mut found: Vec<(String, String)> = Vec::new();
        let mut add = |what: &str, token: String| found.push((what.to_owned(), token));

        for algorithm in ["none", "None", "NONE"] {
            let header = encoded(&with(header, "alg", algorithm));
            add(
                &format!("algorithm {algorithm}, not signed"),
                format!("{header}.{body}."),
            );
            add(
                &format!("algorithm {algorithm}, the right signature"),
                format!("{header}.{body}.{signature}"),
            );
        }
        for algorithm in ["HS256", "RS256", "ES256", "PS256", "X"] {
            add(
                &format!("called {algorithm}"),
                self.headed(&with(header, "alg", algorithm)),
            );
        }
        add("HS256 with the public key", self.signed_by_hash(public_key));
        let text = BASE64_URL_SAFE_NO_PAD.encode(public_key);
        add(
            "HS256 with the public key as text",
            self.signed_by_hash(text.as_bytes()),
        );
        add("HS256 with no secret", self.signed_by_hash(b""));
        add("another key under our key id", signed_by(&other, header, claims));
        add(
            "another key that the header brings along",
            signed_by(&other, &with(header, "jwk", other_key), claims),
        );
        add("no type", self.headed(&without(header, "typ")));
        add("another type", self.headed(&with(header, "typ", "JWT")));
        add("no key id", self.headed(&without(header, "kid")));
        add("an unknown key id", self.headed(&with(header, "kid", "unknown")));
        add(
            "a key id that is a path",
            self.headed(&with(header, "kid", "../../TRUST")),
        );
        add("a key id that is a number", self.headed(&with(header, "kid", 1)));
        for claim in ["iss", "aud", "sub", "sid", "generation", "iat", "exp"] {
            add(&format!("without {claim}"), self.claiming(&without(claims, claim)));
            add(
                &format!("null for {claim}"),
                self.claiming(&with(claims, claim, Value::Null)),
            );
        }
        add(
            "another issuer",
            self.claiming(&with(claims, "iss", "hiring-portal.example")),
        );
        add("for somebody else", self.claiming(&with(claims, "aud", "another-api")));
        add(
            "for several, not for us",
            self.claiming(&with(claims, "aud", json!(["one", "other"]))),
        );
        add("of nobody", self.claiming(&with(claims, "sub", "nobody")));
        add(
            "a user that is a list",
            self.claiming(&with(claims, "sub", json!(["user1"]))),
        );
        add(
            "run out",
            self.claiming(&with(&with(claims, "iat", now - 700), "exp", now - 100)),
        );
        add("runs out before it was made", self.claiming(&with(claims, "exp", -1)));
        add("for a day", self.claiming(&with(claims, "exp", now + 86_400)));
        add(
            "a date as text",
            self.claiming(&with(claims, "exp", "2036-01-01T00:00:00Z")),
        );
        add(
            "a number as text",
            self.claiming(&with(claims, "exp", (now + 600).to_string())),
        );
        add("a time beyond all", self.claiming(&with(claims, "exp", u64::MAX)));
        add("one letter changed", format!("{head}.{body}.{}", flipped(signature)));
        add("half a signature", format!("{head}.{body}.{}", &signature[..43]));
        add("no signature", format!("{head}.{body}."));
        add("two parts", format!("{head}.{body}"));
        add("four parts", format!("{right}.{signature}"));
        add(
            "another user in a signed token",
            format!("{head}.{}.{signature}", encoded(&with(claims, "sub", "another"))),
        );
        add(
            "no JSON",
            format!("{head}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode("no")),
        );
        add("no base64", format!("{head}.%%%.{signature}"));
        add("nothing", String::new());
        found
    }
}

fn signed_by(key: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let body = format!("{}.{}", encoded(header), encoded(claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(body.as_bytes()));
    format!("{body}.{signature}")
}

/// With another first letter.
fn flipped(text: &str) -> String {
    let first = if text.starts_with('A') { 'B' } else { 'A' };
    format!("{first}{}", &text[1..])
}

#[tokio::test]
async fn a_forged_token_is_no_token() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let forge = Forge::of(&portal, &maria).await;
    let show = async |value: &str| -> Answer {
        portal
            .request("GET", "/api/me", &[("authorization", value)], None)
            .await
    };
    // What the forge makes counts, so it is the change alone for which a token is refused.
    let right = forge.claiming(&forge.claims);
    show(&format!("Bearer {right}")).await.expect(200);
    let none = portal.request("GET", "/api/me", &[], None).await;

    let mut wrong: Vec<_> = forge
        .wrong_ones()
        .into_iter()
        .map(|(what, token)| (what, format!("Bearer {token}")))
        .collect();
    wrong.push(("the refresh token".to_owned(), format!("Bearer {}", maria.cookie)));
    wrong.push(("another scheme".to_owned(), format!("Basic {right}")));
    wrong.push(("no scheme".to_owned(), right));
    for (what, value) in &wrong {
        let answer = show(value).await;
        assert_eq!(answer.status.as_u16(), 401, "{what}");
        assert_eq!(answer.text, none.text, "{what}");
    }
    tests::report(
        "6-forged-tokens",
        &format!("tokens: {} forged or wrong ones, all refused alike", wrong.len()),
    );
}
