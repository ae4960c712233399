//! The recruiter's view of everything that was done.

use serde_json::{Value, json};
use tests::{Department, Person, Portal};

/// One of each: a rejection by e-mail, by phone, by status alone.
async fn three_rejections(portal: &Portal, department: &Department) -> [String; 3] {
    let maria = portal.sign_in(&department.decider).await;
    let jurgen = portal.sign_in(&department.colleague).await;
    let ids = [
        department.new_application(portal).await,
        department.new_application(portal).await,
        department.new_application(portal).await,
    ];
    let reject = department.activity("reject");
    maria.reject_by_email(&ids[0], &reject).send().await.expect(200);
    let call = json!({ "outcome": "reached", "note": "Hat es gut aufgenommen." });
    maria.act(&ids[1], &reject, "phone-call", call).send().await.expect(200);
    jurgen
        .act(&ids[2], &reject, "status-change", json!({}))
        .send()
        .await
        .expect(200);
    ids
}

async fn feed(person: &Person<'_>, query: &str) -> Vec<Value> {
    let page = person.get(&format!("/api/history?{query}")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

fn channels(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["channel"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_recruiter_follows_what_the_departments_did() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let ids = three_rejections(&portal, &department).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let items = feed(&recruiter, "").await;
    assert_eq!(
        channels(&items),
        ["statusOnly", "phone", "email", "import", "import", "import"]
    );
    let mail = &items[2];
    assert_eq!(mail["actor"]["name"], "Maria Gruber");
    assert_eq!(mail["application"]["id"], ids[0].as_str());
    assert_eq!(mail["application"]["applicantName"], "Anna Müller, MSc");
    assert_eq!(
        (&mail["customer"]["name"], &mail["job"]["name"]),
        (&json!("Produktion"), &json!("Köchin & Koch"))
    );
    assert_eq!(mail["toStatus"]["name"], "Abgelehnt durch Fachbereich");
    assert_eq!(
        (&mail["emailSubject"], &mail["delivery"]),
        (&json!("Ihre Bewerbung"), &json!("accepted"))
    );
    assert_eq!(items[1]["phoneCallOutcome"], "reached");
    // The text is where it belongs, in the application's own history.
    let history = recruiter.history(&ids[0]).await;
    assert_eq!(mail["entryId"], history[0]["id"]);
}

#[tokio::test]
async fn each_filter_and_all_of_them_together_find_what_they_name() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    three_rejections(&portal, &department).await;
    three_rejections(&portal, &other).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let (customer, job) = (department.customer_id(), department.job_id());
    let maria = department.user_id(&department.decider);
    let found = async |query: &str| {
        let items = feed(&recruiter, query).await;
        channels(&items).join(" ")
    };
    let own = "statusOnly phone email import import import";
    assert_eq!(found(&format!("customer={customer}")).await, own);
    assert_eq!(found(&format!("job={job}")).await, own);
    assert_eq!(found(&format!("contact={maria}")).await, "phone email");
    assert_eq!(found("channel=phone").await, "phone phone");
    assert_eq!(found(&format!("customer={customer}&channel=phone")).await, "phone");
    assert_eq!(
        found(&format!("contact={maria}&job={job}&customer={customer}&channel=email")).await,
        "email"
    );
    assert_eq!(
        found(&format!("contact={maria}&customer={}", other.customer_id())).await,
        ""
    );
    assert_eq!(found("customer=absent").await, "");
    let now = jiff::Timestamp::now();
    let hour = jiff::SignedDuration::from_hours(1);
    assert_eq!(found(&format!("customer={customer}&from={}", now - hour)).await, own);
    assert_eq!(found(&format!("customer={customer}&to={}", now - hour)).await, "");
    let today = now.in_tz("Europe/Vienna").unwrap().date();
    assert_eq!(
        found(&format!("contact={maria}&from={today}&to={today}")).await,
        "phone email"
    );
    let refused = recruiter
        .get("/api/history?channel=fax&from=yesterday&customer=A%23b&colour=red")
        .await;
    let mut pointers = refused.pointers();
    pointers.sort();
    assert_eq!(pointers, ["/channel", "/colour", "/customer", "/from"]);
    let refused = recruiter.get("/api/history?from=2027-01-02&to=2027-01-01").await;
    assert_eq!(refused.pointers(), ["/to"]);
}

#[tokio::test]
async fn page_by_page_everything_comes_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    three_rejections(&portal, &department).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let customer = format!("customer={}&", department.customer_id());
    for filter in ["", &customer, "channel=import&", &format!("{customer}channel=import&")] {
        let all = feed(&recruiter, &format!("{filter}limit=100")).await;
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/history?{filter}limit=2&cursor={cursor}");
            let page = recruiter.get(&path).await.expect(200);
            pages.extend(page["items"].as_array().unwrap().clone());
            match page["nextCursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(pages, all, "{filter}");
    }
    let page = recruiter.get("/api/history?limit=2").await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    let elsewhere = recruiter
        .get(&format!("/api/history?channel=email&cursor={cursor}"))
        .await;
    assert_eq!(elsewhere.pointers(), ["/cursor"]);
}

#[tokio::test]
async fn contacts_do_not_read_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    for address in [&department.decider, &department.reader] {
        let contact = portal.sign_in(address).await;
        for path in [
            "/api/history".to_owned(),
            format!("/api/applications/{application}/history/proof"),
        ] {
            assert_eq!(contact.get(&path).await.problem(403), "recruiters-only");
        }
    }
    assert_eq!(
        portal.request("GET", "/api/history", &[], None).await.problem(401),
        "unauthenticated"
    );
}

#[tokio::test]
async fn as_csv_it_opens_in_a_spreadsheet_and_no_cell_is_a_formula() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let row = department
        .application()
        .with("firstName", "=HYPERLINK(\"https://evil.example\")")
        .with("lastName", "Öz;türk");
    let application = row.import(&recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "subject": "@SUM(1+1)", "bodyHtml": "<p>Leider nein.</p>" });
    let reject = department.activity("reject");
    maria.act(&application, &reject, "email", body).send().await.expect(200);

    let path = format!("/api/history?customer={}", department.customer_id());
    let answer = recruiter.request("GET", &path, &[("accept", "text/csv")], None).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert!(answer.headers.get("link").is_none());
    let text = answer.text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().get(3), Some("Bewerber:in"));
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(&rows[0][3], "'=HYPERLINK(\"https://evil.example\") Öz;türk, MSc");
    assert_eq!(
        (&rows[0][6], &rows[0][10], &rows[0][11]),
        ("E-Mail", "'@SUM(1+1)", "gesendet")
    );
    for row in &rows {
        let mut cells = row.iter();
        assert!(
            cells.all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])),
            "{row:?}"
        );
    }
}

#[tokio::test]
async fn the_pieces_of_a_long_csv_are_one_file() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    three_rejections(&portal, &department).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let (mut file, mut path) = (String::new(), "/api/history?limit=4".to_owned());
    for pieces in 1.. {
        let answer = recruiter.request("GET", &path, &[("accept", "text/csv")], None).await;
        file.push_str(&answer.text);
        let Some(link) = answer.headers.get("link") else {
            assert_eq!(pieces, 2);
            break;
        };
        let link = link.to_str().unwrap();
        path = link
            .strip_prefix('<')
            .unwrap()
            .strip_suffix(">; rel=\"next\"")
            .unwrap()
            .to_owned();
    }
    let whole = recruiter
        .request("GET", "/api/history", &[("accept", "text/csv")], None)
        .await;
    assert_eq!(file, whole.text);
    assert_eq!(file.lines().count(), 1 + 6);
}

/// What a page costs: its AWS calls with the units each consumed; and how many items it has.
async fn cost(portal: &Portal, recruiter: &Person<'_>, path: &str) -> (Vec<(String, f64)>, usize) {
    portal.wire().forget_calls();
    let items = recruiter.get(path).await.expect(200)["items"].as_array().unwrap().len();
    let calls = portal
        .wire()
        .calls()
        .into_iter()
        .map(|call| (call.operation, call.capacity));
    (calls.collect(), items)
}

#[tokio::test]
async fn a_page_costs_the_same_calls_and_units_however_much_there_is() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let import = async |count: usize| {
        let rows: Vec<_> = (0..count).map(|_| department.application().0).collect();
        recruiter
            .import("application/json", json!(rows).to_string())
            .await
            .expect(200);
    };
    import(30).await;
    let customer = department.customer_id();
    let paths = [
        "limit=25".to_owned(),
        format!("limit=25&customer={customer}"),
        "limit=25&channel=import".to_owned(),
    ];
    for path in &paths {
        feed(&recruiter, path).await;
    }
    let mut few = Vec::new();
    for path in &paths {
        few.push(cost(&portal, &recruiter, &format!("/api/history?{path}")).await);
    }
    import(300).await;
    for (path, few) in paths.iter().zip(few) {
        let many = cost(&portal, &recruiter, &format!("/api/history?{path}")).await;
        assert_eq!(few, many, "{path}");
        assert_eq!(many.1, 25);
        let queries: Vec<_> = many.0.iter().filter(|(call, _)| call == "DynamoDB.Query").collect();
        assert!(
            matches!(queries.as_slice(), [(_, units)] if *units > 0.0),
            "{queries:?}"
        );
    }
}

#[tokio::test]
async fn the_pages_of_a_proof_verify_and_what_was_touched_does_not() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let ids = three_rejections(&portal, &department).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = format!("/api/applications/{}/history/proof?limit=1", ids[1]);
    let first = recruiter.get(&path).await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = recruiter.get(&format!("{path}&cursor={cursor}")).await.expect(200);
    assert_eq!(second["nextCursor"], Value::Null);
    let pages = |first: &Value, second: &Value| format!("{first}\n{second}");
    let verified = local::verify_history(&pages(&first, &second), None).unwrap();
    assert_eq!(
        (verified.application_id.as_str(), verified.entries),
        (ids[1].as_str(), 2)
    );

    let broken = |first: &Value, second: &Value| {
        local::verify_history(&pages(first, second), None)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        local::verify_history(&first.to_string(), None).unwrap_err().to_string(),
        "the history breaks at entry 1: another one stands in its place"
    );
    assert_eq!(
        broken(&second, &Value::Null),
        "this is not what the API answers for a proof"
    );
    let mut other_note = first.clone();
    let content = other_note["entries"][0]["content"]
        .as_str()
        .unwrap()
        .replace("gut", "schlecht");
    other_note["entries"][0]["content"] = content.into();
    assert_eq!(
        broken(&other_note, &second),
        "the history breaks at entry 2: its content was changed"
    );
    let mut other_actor = second.clone();
    other_actor["entries"][0]["actor"]["userId"] = "somebody".into();
    assert_eq!(
        broken(&first, &other_actor),
        "the history breaks at entry 1: it was changed"
    );
    let elsewhere = recruiter
        .get(&format!("/api/applications/{}/history/proof", ids[0]))
        .await
        .expect(200);
    assert_eq!(
        broken(&first, &elsewhere),
        "the pages are not of one proof; read them again"
    );
    let absent = recruiter.get("/api/applications/absent-absent/history/proof").await;
    assert_eq!(absent.problem(404), "not-found");
}

#[tokio::test]
async fn the_feed_knows_of_mails_that_went_to_colleagues_only() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": crate::interviews::new_interview(7, 1) });
    let interview = department.activity("interview");
    let acted = maria
        .act(&application, &interview, "interview", body)
        .send()
        .await
        .expect(200);
    let path = format!("/api/interviews/{}", acted["interview"]["id"].as_str().unwrap());
    let refusal = local::Fault::status(400, "MessageRejected");
    portal.wire().next("SES.SendEmail", refusal);
    let wels = json!({ "location": "Wels" });
    let headers = [("if-match", "\"1\""), ("idempotency-key", "a-key-of-mine")];
    maria.request("PATCH", &path, &headers, Some(&wels)).await.expect(202);
    let recruiter = portal.sign_in(&department.recruiter).await;
    let items = feed(&recruiter, "channel=interview").await;
    assert_eq!(
        (&items[0]["delivery"], &items[1]["delivery"]),
        (&json!("failed"), &json!("accepted"))
    );
    assert_eq!(items[0]["interviews"][0]["change"], "moved");
}
