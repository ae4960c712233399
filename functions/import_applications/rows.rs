//! From the request's body to rows: JSON, or CSV as spreadsheets write it.

use std::{borrow::Cow, collections::HashMap};

use domain::{FieldError, ImportRow, ImportedApplication};
use lambda::Problem;

/// The most rows of one import.
const MOST_ROWS: usize = 1_000;

/// A row, counted from 1 without the header.
#[derive(Debug)]
pub struct ParsedRow {
    /// Which it is.
    pub number: usize,
    /// What it calls itself, if anything.
    pub external_id: Option<String>,
    /// What it asks for, or everything that is wrong with it.
    pub imported: Result<ImportedApplication, Vec<FieldError>>,
}

/// Reads every row of a body of this media type. Fails as a whole only if it is no list of rows at all.
pub fn parse(content_type: &str, body: &[u8]) -> Result<Vec<ParsedRow>, Problem> {
    let content_type = content_type.to_ascii_lowercase();
    let rows = match content_type.split(';').next().unwrap_or_default().trim() {
        "application/json" => from_json(body)?,
        // As `application/octet-stream` the gateway leaves every byte as it is.
        "text/csv" | "application/octet-stream" => from_csv(body)?,
        _ => return Err(Problem::UnsupportedMediaType("application/json or text/csv")),
    };
    match rows.len() {
        0 => return Err(Problem::invalid("", "there are no rows")),
        1..=MOST_ROWS => {}
        _ => return Err(Problem::invalid("", "there are more than 1,000 rows")),
    }
    let mut first_row_of = HashMap::new();
    Ok(rows
        .into_iter()
        .zip(1..)
        .map(|(row, number)| {
            let external_id = row
                .as_ref()
                .ok()
                .and_then(|row| row.external_id.clone())
                .map(|id| id.trim().to_owned());
            let external_id = external_id.filter(|id| !id.is_empty());
            let imported = row.and_then(|row| row.parse()).and_then(|imported| {
                match first_row_of.insert(imported.external_id.clone(), number) {
                    None => Ok(imported),
                    Some(first) => {
                        let detail = format!("is the same as in row {first}");
                        Err(vec![FieldError::new("/externalId", detail)])
                    }
                }
            });
            ParsedRow {
                number,
                external_id,
                imported,
            }
        })
        .collect())
}

type Row = Result<ImportRow, Vec<FieldError>>;

fn from_json(body: &[u8]) -> Result<Vec<Row>, Problem> {
    let value: serde_json::Value =
        serde_json::from_slice(body).map_err(|_| Problem::bad_request("the body is not JSON"))?;
    let values = match value {
        serde_json::Value::Array(values) => values,
        single => vec![single],
    };
    Ok(values.into_iter().map(json_row).collect())
}

fn json_row(value: serde_json::Value) -> Row {
    let serde_json::Value::Object(fields) = &value else {
        return Err(vec![FieldError::new("", "must be an object")]);
    };
    let mut errors = Vec::new();
    for (name, field) in fields {
        if !ImportRow::COLUMNS.contains(&name.as_str()) {
            errors.push(FieldError::new("", "has a field that does not exist"));
        } else if !field.is_string() && !field.is_null() {
            errors.push(FieldError::new(format!("/{name}"), "must be a text"));
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    serde_json::from_value(value).map_err(|_| vec![FieldError::new("", "cannot be read")])
}

fn from_csv(body: &[u8]) -> Result<Vec<Row>, Problem> {
    let text = decode(body);
    if text.contains(char::REPLACEMENT_CHARACTER) {
        let detail = "the letters were lost on the way; send UTF-8, or the file as application/octet-stream";
        return Err(Problem::invalid("", detail));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|_| Problem::bad_request("the body is not CSV"))?
        .clone();
    let unknown = header.iter().filter(|name| !ImportRow::COLUMNS.contains(name));
    let mut errors: Vec<FieldError> = unknown
        .map(|_| FieldError::new("", format!("the columns are {}", ImportRow::COLUMNS.join(", "))))
        .collect();
    errors.dedup();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    Ok(reader.records().map(|record| csv_row(&header, record)).collect())
}

fn csv_row(header: &csv::StringRecord, record: Result<csv::StringRecord, csv::Error>) -> Row {
    let record = record.map_err(|_| vec![FieldError::new("", "cannot be read as CSV")])?;
    if record.len() != header.len() {
        let detail = format!("has {} fields instead of {}", record.len(), header.len());
        return Err(vec![FieldError::new("", detail)]);
    }
    let fields = header
        .iter()
        .zip(record.iter())
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    serde_json::from_value(serde_json::Value::Object(fields)).map_err(|_| vec![FieldError::new("", "cannot be read")])
}

/// UTF-8 with or without a byte order mark; otherwise what Excel on Windows writes in Austria.
fn decode(body: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(body).0,
    }
}

/// Column names hold neither, so whichever separates them in the header does so everywhere.
fn delimiter(text: &str) -> u8 {
    if text.lines().next().unwrap_or_default().contains(';') {
        b';'
    } else {
        b','
    }
}
