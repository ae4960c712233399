//! The applications, as an applicant tracking system would have sent them over the last three weeks.

use csv::{ReaderBuilder, StringRecord};
use domain::{ApplicationId, Caller, ImportOutcome, ImportRow, ImportTarget, Salt};
use jiff::{SignedDuration, Timestamp};
use store::Store;

use super::{DemoError, caller, commit, company::Company, random, refused};

/// The columns before those of an import.
const OWN_COLUMNS: usize = 2;

/// One row of the table.
struct Row {
    application: ApplicationId,
    ago: SignedDuration,
    import: ImportRow,
}

/// Writes those that are missing.
pub(super) async fn write(store: &Store, company: &Company, now: Timestamp) -> Result<(), DemoError> {
    let recruiter = caller(company.recruiter()?)?;
    for row in read()? {
        write_row(store, company, &recruiter, row, now).await?;
    }
    Ok(())
}

async fn write_row(
    store: &Store,
    company: &Company,
    caller: &Caller,
    row: Row,
    now: Timestamp,
) -> Result<(), DemoError> {
    let Row {
        application,
        ago,
        mut import,
    } = row;
    let (job, workflow) = company.job(&application.job_id())?;
    import.job_external_id = Some(job.external_id.to_string());
    let imported = import.parse().map_err(|errors| {
        let errors: Vec<_> = errors
            .iter()
            .map(|error| format!("{} {}", error.pointer, error.detail))
            .collect();
        refused(&application, &errors.join(", "))
    })?;
    let target = ImportTarget {
        caller,
        job,
        workflow,
        existing: None,
    };
    let outcome = imported
        .decide(target, application.clone(), now - ago, Salt::from_random(random()))
        .map_err(|error| refused(&application, &error))?;
    match outcome {
        ImportOutcome::Create(decision) => commit(store, &decision, now).await,
        ImportOutcome::Update(_) | ImportOutcome::Unchanged => Ok(()),
    }
}

fn read() -> Result<Vec<Row>, DemoError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(include_str!("applicants.csv").as_bytes());
    let (own_columns, columns) = split(reader.headers()?);
    let mut rows = Vec::new();
    for record in reader.records() {
        let (own, rest) = split(&record?);
        let (application, ago) = own.deserialize(Some(&own_columns))?;
        let import = rest.deserialize(Some(&columns))?;
        rows.push(Row {
            application,
            ago,
            import,
        });
    }
    Ok(rows)
}

fn split(record: &StringRecord) -> (StringRecord, StringRecord) {
    (
        record.iter().take(OWN_COLUMNS).collect(),
        record.iter().skip(OWN_COLUMNS).collect(),
    )
}
