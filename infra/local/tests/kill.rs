//! What was acknowledged survives that the process is killed.

#![allow(clippy::print_stdout, reason = "how the killed process tells what was acknowledged")]

mod support;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use aws_sdk_dynamodb::types::AttributeValue;
use support::{BUCKET, mail, ses, start};

const FOLDER: &str = "HIRING_PORTAL_TEST_FOLDER";

/// Not a test by itself: writes until it is killed, and prints what was acknowledged.
#[tokio::test]
#[ignore = "is the process that the other test kills"]
async fn writes_until_it_is_killed() {
    let folder = std::env::var(FOLDER).unwrap();
    let host = start(Path::new(&folder)).await.unwrap();
    let dynamodb = aws_sdk_dynamodb::Client::new(host.sdk());
    let s3 = aws_sdk_s3::Client::new(host.sdk());
    for number in 0..u64::MAX {
        let value = AttributeValue::S(number.to_string());
        let put = dynamodb
            .put_item()
            .table_name(host.table_name())
            .item("pk", value.clone())
            .item("sk", value);
        put.send().await.unwrap();
        println!("acknowledged item {number}");
        let id = mail(&ses(&host), "Subject: x\r\n\r\nText")
            .send()
            .await
            .unwrap()
            .message_id
            .unwrap();
        println!("acknowledged mail {id}");
        let body = number.to_string().into_bytes().into();
        s3.put_object()
            .bucket(BUCKET)
            .key(number.to_string())
            .body(body)
            .send()
            .await
            .unwrap();
        println!("acknowledged object {number}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged: Vec<(String, String)> = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap_or_default();
        if let Some((_, what)) = line.split_once("acknowledged ") {
            let (kind, id) = what.split_once(' ').unwrap();
            acknowledged.push((kind.into(), id.into()));
        }
        if acknowledged.len() == 30 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= 30);

    let host = start(folder.path()).await.unwrap();
    let dynamodb = aws_sdk_dynamodb::Client::new(host.sdk());
    let s3 = aws_sdk_s3::Client::new(host.sdk());
    for (kind, id) in acknowledged {
        match kind.as_str() {
            "item" => {
                let value = AttributeValue::S(id.clone());
                let get = dynamodb
                    .get_item()
                    .table_name(host.table_name())
                    .key("pk", value.clone())
                    .key("sk", value);
                assert!(get.send().await.unwrap().item.is_some(), "item {id}");
            }
            "mail" => {
                let url = format!("{}/inbox/messages/{id}.eml", host.url());
                assert_eq!(reqwest::get(url).await.unwrap().status(), 200, "mail {id}");
            }
            _ => {
                let object = s3.get_object().bucket(BUCKET).key(&id).send().await.unwrap();
                assert_eq!(
                    object.body.collect().await.unwrap().into_bytes(),
                    id.as_bytes(),
                    "object {id}"
                );
            }
        }
    }
}
