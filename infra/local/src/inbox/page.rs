//! The inbox's page.

use super::Mail;

/// How many lines of a mail's text the page shows.
const LINES: usize = 6;

/// The page's style sheet.
pub const STYLE: &str = "\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
form { display: flex; gap: .5rem; margin: 1rem 0 2rem; flex-wrap: wrap; align-items: center; }
input { font: inherit; padding: .25rem .5rem; flex: 1; min-width: 12rem; }
button { font: inherit; padding: .25rem 1rem; }
article { border-top: 1px solid color-mix(in srgb, currentcolor 25%, transparent); padding: 1rem 0; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .75rem; margin: .25rem 0; font-size: .9rem; }
dt { opacity: .75; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
";

/// The page with these mails; `to` is the filter they went through.
pub fn render(mails: &[Mail], to: &str) -> String {
    let articles: String = mails.iter().map(article).collect();
    let count = match mails.len() {
        0 => "Keine E-Mails.".to_owned(),
        1 => "Eine E-Mail.".to_owned(),
        many => format!("{many} E-Mails, die neueste zuerst."),
    };
    format!(
        r#"<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Posteingang</title>
<link rel="stylesheet" href="/inbox/style.css">
</head>
<body>
<main>
<h1>Posteingang</h1>
<form>
<label for="to">An</label>
<input id="to" name="to" value="{to}" autocomplete="off">
<button>Filtern</button>
</form>
<p>{count}</p>
{articles}</main>
</body>
</html>
"#,
        to = escape(to),
    )
}

fn article(mail: &Mail) -> String {
    let subject = if mail.subject.trim().is_empty() {
        "(ohne Betreff)"
    } else {
        &mail.subject
    };
    let lines: Vec<&str> = mail
        .text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    let more = if lines.len() > LINES { "\n …" } else { "" };
    format!(
        r#"<article>
<h2>{subject}</h2>
<dl>
<dt>Datum</dt><dd><time datetime="{received_at}">{received_at}</time></dd>
<dt>Von</dt><dd>{from}</dd>
<dt>An</dt><dd>{to}</dd>
</dl>
<pre>{text}{more}</pre>
<a href="/inbox/messages/{id}.eml">Nachricht als .eml</a>
</article>
"#,
        subject = escape(subject),
        received_at = escape(&mail.received_at),
        from = escape(&mail.from),
        to = escape(&mail.to.join(", ")),
        text = escape(&lines[..lines.len().min(LINES)].join("\n")),
        id = escape(&mail.id),
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Mail, render};

    #[test]
    fn nothing_of_a_mail_becomes_markup() {
        let attack = "\"'><script>alert(1)</script>";
        let mail = Mail {
            id: attack.into(),
            message_id: attack.into(),
            received_at: attack.into(),
            from: attack.into(),
            to: vec![attack.into()],
            subject: attack.into(),
            text: attack.into(),
            html: attack.into(),
            tags: BTreeMap::new(),
        };
        let page = render(&[mail], attack);
        assert!(!page.contains("<script") && !page.contains("\"'>"), "{page}");
    }
}
