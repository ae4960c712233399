//! The mails recruiters prepare.

use domain::Language;
use serde_json::{Value, json};
use tests::{Answer, Department, Person, Portal};

async fn write(person: &Person<'_>, method: &str, id: &str, version: Option<&str>, body: Option<&Value>) -> Answer {
    let tag = version.map(|version| format!("\"{version}\""));
    let headers: Vec<_> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
    person
        .request(method, &format!("/api/mail-templates/{id}"), &headers, body)
        .await
}

async fn put(person: &Person<'_>, id: &str, version: Option<&str>, body: &Value) -> Answer {
    write(person, "PUT", id, version, Some(body)).await
}

async fn delete(person: &Person<'_>, id: &str, version: Option<&str>) -> Answer {
    write(person, "DELETE", id, version, None).await
}

/// A template for rejections, as it is sent.
fn rejection(department: &Department) -> Value {
    json!({
        "name": "Absage (kürzer)",
        "language": "de-AT",
        "activityIds": [department.activity("reject")],
        "releasedToPortal": true,
        "subject": "Ihre Bewerbung als $Job.Title$",
        "bodyHtml": "<p>$Applicant.LetterSalutation$,</p><p>leider nein.</p>",
    })
}

fn fresh(name: &str) -> String {
    format!("{name}{}", uuid::Uuid::new_v4().simple())[..30].to_owned()
}

fn workflow(department: &Department) -> String {
    format!("/api/workflows/{}", department.workflow().id)
}

fn details(answer: &Answer) -> Vec<String> {
    let pointers = answer.pointers();
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let details = errors.iter().map(|error| error["detail"].as_str().unwrap().to_owned());
    pointers
        .into_iter()
        .zip(details)
        .map(|(pointer, detail)| format!("{pointer} {detail}"))
        .collect()
}

#[tokio::test]
async fn a_template_of_another_product_is_pasted_drafted_and_sent() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let id = fresh("pasted");
    let mut pasted = rejection(&department);
    pasted["subject"] = "Ihre Bewerbung als $JOB.NAME$ ($Job.Id$)".into();
    pasted["bodyHtml"] =
        "<div style=\"font-family:Calibri\"><p class=MsoNormal>Guten Tag $Applicant.<b>Formatted</b>Name$,</p>\
        <p>danke f&uuml;r Ihre Bewerbung bei &#36;Company.Name&#36;.<o:p></o:p></p>\
        <p>Fragen an <a href=\"mailto:$User.Email$\">$User.<span>FormattedName</span>$</a></p></div>"
            .into();
    let saved = put(&recruiter, &id, None, &pasted).await.expect(201);
    let body = saved["bodyHtml"].as_str().unwrap();
    assert!(
        body.contains("$Applicant.FormattedName$,") && !body.contains("style"),
        "{body}"
    );

    let maria = portal.sign_in(&department.decider).await;
    let reject = department.activity("reject");
    let path = format!("/api/applications/{application}/activities/{reject}/email-draft");
    let draft = maria
        .request("POST", &path, &[], Some(&json!({ "templateId": id })))
        .await
        .expect(200);
    assert_eq!(
        draft["subject"],
        format!("Ihre Bewerbung als Köchin & Koch ({})", department.job)
    );
    let text = draft["bodyText"].as_str().unwrap();
    assert!(text.contains("Guten Tag Anna Müller, MSc,"), "{text}");
    assert!(text.contains("danke für Ihre Bewerbung bei Produktion."), "{text}");
    let link = format!("mailto:{}", department.decider);
    assert!(draft["bodyHtml"].as_str().unwrap().contains(&link), "{draft}");
    let email = json!({ "subject": draft["subject"], "bodyHtml": draft["bodyHtml"] });
    maria
        .act(&application, &reject, "email", email)
        .send()
        .await
        .expect(200);
    let mails = portal.mails_to(&department.applicant_address()).await;
    assert_eq!(mails.len(), 1);
    assert!(!mails[0].to_string().contains("$Applicant"), "{}", mails[0]);
}

#[tokio::test]
async fn a_saved_template_is_offered_and_a_removed_one_is_not() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let id = fresh("offered");
    let offered = async || {
        let seen = maria.application(&application).await;
        let templates = seen["activities"][0]["templates"].as_array().unwrap().clone();
        templates.into_iter().find(|template| template["id"] == id.as_str())
    };
    let mut template = rejection(&department);
    put(&recruiter, &id, None, &template).await.expect(201);
    assert_eq!(offered().await.unwrap()["name"], "Absage (kürzer)");
    // Whoever edits the workflow now has an old one before them.
    let known = recruiter.get(&workflow(&department)).await.expect(200);
    assert_eq!(known["version"], "2");
    let stale = [("if-match", "\"1\"")];
    let refused = recruiter
        .request("PUT", &workflow(&department), &stale, Some(&known["workflow"]))
        .await;
    assert_eq!(refused.problem(412), "version-conflict");

    template["name"] = "Absage (länger)".into();
    let renamed = put(&recruiter, &id, Some("1"), &template).await;
    assert_eq!(renamed.headers["etag"], "\"2\"");
    assert_eq!(offered().await.unwrap()["name"], "Absage (länger)");
    // The body is no business of the workflow's.
    template["bodyHtml"] = "<p>Anders.</p>".into();
    put(&recruiter, &id, Some("2"), &template).await.expect(200);
    assert_eq!(recruiter.get(&workflow(&department)).await.expect(200)["version"], "3");

    template["releasedToPortal"] = false.into();
    put(&recruiter, &id, Some("3"), &template).await.expect(200);
    assert_eq!(offered().await, None);
    delete(&recruiter, &id, Some("4")).await.expect(204);
    assert_eq!(
        recruiter.get(&format!("/api/mail-templates/{id}")).await.problem(404),
        "not-found"
    );
    let known = recruiter.get(&workflow(&department)).await.expect(200);
    assert!(!known["templates"].to_string().contains(&id));
}

#[tokio::test]
async fn a_template_moves_from_one_workflow_to_another() {
    let portal = Portal::start().await;
    let (one, other) = (portal.department().await, portal.department().await);
    let recruiter = portal.sign_in(&one.recruiter).await;
    let id = fresh("moves");
    put(&recruiter, &id, None, &rejection(&one)).await.expect(201);
    put(&recruiter, &id, Some("1"), &rejection(&other)).await.expect(200);
    for (department, knows) in [(&one, false), (&other, true)] {
        let known = recruiter.get(&workflow(department)).await.expect(200);
        assert_eq!(known["templates"].to_string().contains(&id), knows);
    }
}

#[tokio::test]
async fn the_last_template_of_a_release_by_email_stays() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    // Two others are released in German, one of them with a placeholder that is not there.
    delete(&recruiter, &department.template("broken"), Some("1"))
        .await
        .expect(204);
    let standard = department.template("standard");
    let refused = delete(&recruiter, &standard, Some("1")).await;
    let reason =
        "is released for e-mail and needs a mail template in de-AT that is tied to it and released to the portal";
    let both = ["reject", "reject-by-email"].map(|name| format!(" {} {reason}", department.activity(name)));
    assert_eq!(details(&refused), both);
    let mut template = rejection(&department);
    template["activityIds"] = json!([department.activity("reject"), department.activity("reject-by-email")]);
    template["releasedToPortal"] = false.into();
    assert_eq!(details(&put(&recruiter, &standard, Some("1"), &template).await), both);
    template["releasedToPortal"] = true.into();
    template["language"] = "en".into();
    assert_eq!(details(&put(&recruiter, &standard, Some("1"), &template).await), both);
    // The other German serves as well; then the first may go.
    template["language"] = "de-DE".into();
    put(&recruiter, &fresh("other"), None, &template).await.expect(201);
    delete(&recruiter, &standard, Some("1")).await.expect(204);
}

#[tokio::test]
async fn a_new_language_of_the_customer_asks_for_a_template_in_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let known = recruiter.get(&workflow(&department)).await.expect(200);
    let (_, job) = portal
        .store
        .load_user_and_job(
            &department.user_id(&department.decider),
            Some(&department.job_id().parse().unwrap()),
        )
        .await
        .unwrap();
    let (customer, _) = portal.store.load_draft(&job.unwrap().customer_id, None).await.unwrap();
    let mut customer = customer.unwrap();
    customer.languages = [Language::GermanAustria, Language::English].into();
    customer.version = customer.version.next();
    portal.store.save_customer(&customer).await.unwrap();
    delete(&recruiter, &department.template("english"), Some("1"))
        .await
        .pointers();
    put(&recruiter, &fresh("deutsch"), None, &rejection(&department))
        .await
        .expect(201);
    let tag = [("if-match", "\"2\"")];
    recruiter
        .request("PUT", &workflow(&department), &tag, Some(&known["workflow"]))
        .await
        .expect(200);
}

#[tokio::test]
async fn what_cannot_be_filled_is_refused_with_its_place() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let mut template = rejection(&department);
    template["name"] = "".into();
    template["language"] = "fr".into();
    template["activityIds"] = json!([department.activity("absent"), "no.such", "kein Name"]);
    template["subject"] = "Für $Applicant.Lastname$ und $Aplicant.LastName$".into();
    template["bodyHtml"] =
        "<p>Grüße,</p>\n<p>ä $Applicant.Shoe$ <a href=\"$Contact.Email$\">x</a> $if(Applicant.Gender)$Liebe</p>".into();
    let answer = put(&recruiter, "x1", None, &template).await;
    let details = details(&answer);
    let expected = [
        "/name must not be empty",
        "/language must be one of `de-AT`, `de-DE`, `en`",
        "/activityIds/0 is no activity of any workflow",
        "/activityIds/1 is no activity of any workflow",
        "/activityIds/2 is no activity of any workflow",
        "/subject the placeholder $Aplicant.LastName$ (line 1, column 30) does not exist; did you mean $Applicant.LastName$?",
        "/bodyHtml the placeholder $Applicant.Shoe$ (line 2, column 6) does not exist",
        "/bodyHtml the condition $if(Applicant.Gender)$ (line 2, column 55) cannot be evaluated; \
         $Applicant.LetterSalutation$ says Frau or Herr",
        "/bodyHtml the placeholder $Contact.Email$ (line 2, column 32) stands where mails have nothing: links must \
         begin with https, http, mailto or tel, or be $Interview.OnlineMeetingUrl$",
    ];
    assert_eq!(details, expected);

    let mut empty = rejection(&department);
    empty["subject"] = "".into();
    empty["bodyHtml"] = "<p><br></p>".into();
    assert_eq!(
        put(&recruiter, "x1", None, &empty).await.pointers(),
        ["/subject", "/bodyHtml"]
    );
    empty["subject"] = "x".into();
    empty["bodyHtml"] = "x".repeat(domain::MAX_BODY_BYTES + 1).into();
    assert_eq!(put(&recruiter, "x1", None, &empty).await.pointers(), ["/bodyHtml"]);
    let mut interview = rejection(&department);
    interview["bodyHtml"] = "<p>Am $Interview.Date$</p>".into();
    assert_eq!(put(&recruiter, "x1", None, &interview).await.pointers(), ["/bodyHtml"]);
    interview["colour"] = "red".into();
    assert_eq!(put(&recruiter, "x1", None, &interview).await.pointers(), [""]);
    for id in ["mit-strich", "placeholders"] {
        let answer = put(&recruiter, id, None, &rejection(&department)).await;
        assert!([404, 422].contains(&answer.status.as_u16()), "{id}");
    }
    assert_eq!(recruiter.get("/api/mail-templates/x1").await.problem(404), "not-found");
}

#[tokio::test]
async fn who_comes_second_is_told() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let id = fresh("second");
    let template = rejection(&department);
    put(&recruiter, &id, None, &template).await.expect(201);
    assert_eq!(
        put(&recruiter, &id, None, &template).await.problem(428),
        "version-missing"
    );
    assert_eq!(
        put(&recruiter, &id, Some("2"), &template).await.problem(412),
        "version-conflict"
    );
    assert_eq!(delete(&recruiter, &id, None).await.problem(428), "version-missing");
    assert_eq!(
        delete(&recruiter, &id, Some("9")).await.problem(412),
        "version-conflict"
    );
    assert_eq!(delete(&recruiter, "absent", Some("1")).await.problem(404), "not-found");

    let (mut one, mut other) = (template.clone(), template);
    one["name"] = "Eins".into();
    other["name"] = "Zwei".into();
    let answers = tokio::join!(
        put(&recruiter, &id, Some("1"), &one),
        put(&recruiter, &id, Some("1"), &other)
    );
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

#[tokio::test]
async fn two_templates_of_one_workflow_saved_at_once_are_both_known() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let (one, other) = (fresh("one"), fresh("other"));
    let template = rejection(&department);
    let answers = tokio::join!(
        put(&recruiter, &one, None, &template),
        put(&recruiter, &other, None, &template)
    );
    answers.0.expect(201);
    answers.1.expect(201);
    let known = recruiter.get(&workflow(&department)).await.expect(200);
    let templates = known["templates"].to_string();
    assert!(templates.contains(&one) && templates.contains(&other));
    assert_eq!(known["version"], "3");
}

#[tokio::test]
async fn lists_leave_the_bodies_out() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let first = recruiter.get("/api/mail-templates?limit=3").await.expect(200);
    let next = first["nextCursor"].as_str().unwrap();
    let rest = recruiter
        .get(&format!("/api/mail-templates?limit=3&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(rest["nextCursor"], Value::Null);
    let items: Vec<_> = [first, rest]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap().clone())
        .collect();
    assert_eq!(items.len(), 4);
    assert!(
        items
            .iter()
            .all(|item| item["bodyHtml"].is_null() && item["version"] == "1")
    );
    let standard = department.template("standard");
    let listed = items.iter().find(|item| item["id"] == standard.as_str()).unwrap();
    let mut read = recruiter
        .get(&format!("/api/mail-templates/{standard}"))
        .await
        .expect(200);
    assert!(read.as_object_mut().unwrap().remove("bodyHtml").is_some());
    assert_eq!(*listed, read);
}

#[tokio::test]
async fn a_preview_is_filled_with_invented_people_and_sanitised() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let preview = async |id: &str, body: Value| {
        recruiter
            .request("POST", &format!("/api/mail-templates/{id}/preview"), &[], Some(&body))
            .await
    };
    let standard = department.template("standard");
    let saved = preview(&standard, json!({})).await.expect(200);
    assert_eq!(saved["subject"], "Ihre Bewerbung als Köchin / Koch (m/w/d)");
    assert!(
        saved["bodyText"]
            .as_str()
            .unwrap()
            .starts_with("Sehr geehrte Frau Mag. Größing-Müller,"),
        "{saved}"
    );
    let english = preview(&department.template("english"), json!({})).await.expect(200);
    assert!(
        english["bodyText"].as_str().unwrap().starts_with("Dear Ms Sample,"),
        "{english}"
    );

    let unsaved = json!({
        "language": "de-DE",
        "bodyHtml": "<p>$Interview.Date$<script>x</script> <a href=\"$Interview.OnlineMeetingUrl$\">hier</a></p>",
    });
    let unsaved = preview(&standard, unsaved).await.expect(200);
    assert_eq!(
        unsaved["bodyHtml"],
        "<p>Donnerstag, 14. Januar 2027 <a href=\"https://meeting.example.com/kueche\" rel=\"noopener noreferrer\">hier</a></p>"
    );
    let wrong = preview(&standard, json!({ "subject": "$Job.Titel$" })).await;
    assert!(details(&wrong)[0].contains("did you mean $Job.Title$?"));
    assert_eq!(
        preview(&department.template("broken"), json!({})).await.pointers(),
        ["/subject"]
    );
    assert_eq!(preview("absent", json!({})).await.problem(404), "not-found");
    preview("absent", json!({ "subject": "x", "bodyHtml": "y" }))
        .await
        .expect(200);

    let placeholders = recruiter.get("/api/mail-templates/placeholders").await.expect(200)["items"].clone();
    let placeholders = placeholders.as_array().unwrap();
    assert_eq!(placeholders.len(), domain::Placeholder::ALL.len());
    for placeholder in placeholders {
        for language in ["de", "en"] {
            let texts = [&placeholder["explanation"][language], &placeholder["example"][language]];
            assert!(
                texts.iter().all(|text| !text.as_str().unwrap().is_empty()),
                "{placeholder}"
            );
        }
    }
}

#[tokio::test]
async fn contacts_have_no_business_with_templates() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let path = format!("/api/mail-templates/{}", department.template("standard"));
    for (method, path) in [
        ("GET", "/api/mail-templates"),
        ("GET", "/api/mail-templates/placeholders"),
        ("GET", &path),
        ("PUT", &path),
        ("DELETE", &path),
        ("POST", &format!("{path}/preview")),
    ] {
        let answer = maria.request(method, path, &[], Some(&json!({}))).await;
        assert_eq!(answer.problem(403), "recruiters-only", "{method} {path}");
    }
}
