//! Mails are safe and right, whatever somebody writes.

use mailparse::MailHeaderMap;
use serde_json::{Value, json};
use tests::{Answer, Department, Portal};

async fn send(portal: &Portal, department: &Department, subject: &str, body: &str) -> (Answer, String) {
    let application = department.new_application(portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "subject": subject, "bodyHtml": body });
    let answer = maria
        .act(&application, &department.activity("reject"), "email", body)
        .send()
        .await;
    (answer, application)
}

#[tokio::test]
async fn what_cannot_be_sent_changes_nothing_and_every_reason_is_named() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let long = format!("<p>{}</p>", "ä".repeat(150_000));
    for (subject, body, pointers) in [
        ("", "<p>Text</p>", vec!["/subject"]),
        ("   ", "<p>Text</p>", vec!["/subject"]),
        ("\u{ad}\u{200b}", "<p>Text</p>", vec!["/subject"]),
        ("Betreff", "<p>\u{2800}<b>\u{3164}</b></p>", vec!["/bodyHtml"]),
        ("Betreff", "", vec!["/bodyHtml"]),
        ("Betreff", "<p><br></p><p>&nbsp;</p>", vec!["/bodyHtml"]),
        ("Betreff", "<script>alert(1)</script>", vec!["/bodyHtml"]),
        (
            "$Job.Title$",
            "<p>$Applicant.LastName$</p>",
            vec!["/subject", "/bodyHtml"],
        ),
        ("Betreff", "<p>$Applicant.<b>LastName</b>$</p>", vec!["/bodyHtml"]),
        ("Betreff\r\nBcc: x@example.org", "<p>Text</p>", vec!["/subject"]),
        ("Betreff\nX: y", "<p></p>", vec!["/subject", "/bodyHtml"]),
        ("Betreff", &long, vec!["/bodyHtml"]),
    ] {
        let (answer, application) = send(&portal, &department, subject, body).await;
        assert_eq!(answer.pointers(), pointers, "{subject:?}");
        let recruiter = portal.sign_in(&department.recruiter).await;
        assert_eq!(recruiter.application(&application).await["version"], "1");
    }
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}

#[tokio::test]
async fn the_longest_bodies_fit_into_a_table_item_however_their_letters_are_encoded() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let link = format!(
        r#"<a href="https://example.org/{}" rel="noopener noreferrer">x</a> "#,
        "ä".repeat(20)
    );
    for letters in ["ä ", "=é", "= ", "\"", "😀", &link] {
        let (answer, _) = send(&portal, &department, "Betreff", &letters.repeat(99_000 / letters.len())).await;
        assert_eq!(answer.status.as_u16(), 200, "{letters}");
    }
}

#[tokio::test]
async fn unknown_fields_and_other_bodies_are_refused() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    for body in [
        json!({ "subject": "x", "bodyHtml": "<p>x</p>", "bcc": "x@example.org" }),
        json!({ "subject": "x" }),
        json!({ "subject": 7, "bodyHtml": "<p>x</p>" }),
        json!([]),
        Value::Null,
    ] {
        assert_eq!(
            maria
                .act(&application, &activity, "email", body)
                .send()
                .await
                .pointers(),
            [""]
        );
    }
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}

#[tokio::test]
async fn two_parsers_find_the_same_mail_and_nothing_hostile_in_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let subject = "Ihre Bewerbung als Köchin – „Grüße“ aus Österreich, mit einem Betreff länger als eine Zeile 😀";
    let body = r#"<p onclick="x()">Grüß Gott, <b>Frau Müller</b>!</p><script>alert(1)</script>
        <img src="https://tracker.example/pixel.gif"><a href="javascript:x()">a</a> <a href="https://example.org/ü">b</a>"#;
    let (answer, _) = send(&portal, &department, subject, body).await;
    answer.expect(200);

    let mail = portal.mails_to(&department.applicant_address()).await.remove(0);
    assert_eq!(mail["subject"], subject);
    let bytes = portal.mail_bytes(&mail).await;
    let parsed = mailparse::parse_mail(&bytes).unwrap();
    let header = |name| parsed.headers.get_first_value(name).unwrap();
    assert_eq!(header("Subject"), subject);
    assert_eq!(header("From"), "\"Maria Gruber\" <portal@example.com>");
    assert_eq!(header("Reply-To"), format!("\"Maria Gruber\" <{}>", department.decider));
    assert_eq!(
        header("To"),
        format!("Anna Müller, MSc <{}>", department.applicant_address())
    );
    let mut names: Vec<_> = parsed.headers.iter().map(mailparse::MailHeader::get_key).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Reply-To",
            "Subject",
            "To"
        ]
    );

    let [text, html] = parsed.subparts.as_slice() else {
        panic!("text and HTML")
    };
    assert_eq!(
        (text.ctype.mimetype.as_str(), html.ctype.mimetype.as_str()),
        ("text/plain", "text/html")
    );
    insta::assert_snapshot!("text", text.get_body().unwrap().replace("\r\n", "\n"));
    insta::assert_snapshot!("html", html.get_body().unwrap().replace("\r\n", "\n"));
}

#[tokio::test]
async fn a_draft_offers_the_released_template_in_the_applicant_s_language() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let draft = async |application: &str, body: Value| {
        let path = format!("/api/applications/{application}/activities/{activity}/email-draft");
        maria.request("POST", &path, &[], Some(&body)).await
    };

    let german = department.application().import(&recruiter).await;
    let english = department
        .application()
        .with("language", "en")
        .with("salutation", "Herr")
        .import(&recruiter)
        .await;
    assert_eq!(draft(&german, json!({})).await.expect(200)["language"], "de-AT");
    let drafted = draft(&english, json!({})).await.expect(200);
    assert_eq!(
        (&drafted["language"], &drafted["bodyText"]),
        (&json!("en"), &json!("Dear Mr Müller,"))
    );
    assert_eq!(
        drafted["signatureHtml"],
        "<p>Mit freundlichen Grüßen<br>Maria Gruber</p>"
    );

    let chosen = draft(&german, json!({ "templateId": department.template("english") }))
        .await
        .expect(200);
    assert_eq!(chosen["subject"], "Your application");
    for template in [department.template("internal"), "absent".to_owned()] {
        assert_eq!(
            draft(&german, json!({ "templateId": template })).await.pointers(),
            ["/templateId"]
        );
    }
    let broken = draft(&german, json!({ "templateId": department.template("broken") })).await;
    assert_eq!(broken.pointers(), ["/subject"]);
    assert_eq!(
        broken.json()["errors"][0]["detail"],
        "the placeholder $Applicant.Shoe$ does not exist"
    );

    let offered = maria.application(&german).await["activities"][0]["templates"].clone();
    let offered: Vec<_> = offered
        .as_array()
        .unwrap()
        .iter()
        .map(|template| template["id"].clone())
        .collect();
    assert_eq!(
        offered,
        [
            department.template("standard"),
            department.template("broken"),
            department.template("english")
        ]
    );
    let for_recruiter = recruiter.application(&german).await["activities"][0]["templates"].clone();
    assert_eq!(for_recruiter.as_array().unwrap().len(), 4);
}
