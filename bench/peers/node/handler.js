// `POST …/activities/{activityId}/email` as a team would write it in Node: the same checks, calls and items.

import { createHash, randomBytes, randomUUID } from "node:crypto";
import {
  BatchGetItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import sanitizeHtml from "sanitize-html";

const TABLE = process.env.TABLE_NAME;
const PLACEHOLDER = /\$[A-Za-z]+\.[A-Za-z]+\$/;
const ALLOWED = {
  allowedTags: "a b blockquote br code div em h1 h2 h3 i li ol p pre s span strong sub u ul".split(" "),
  allowedAttributes: { a: ["href", "rel"] },
  allowedSchemes: ["https", "http", "mailto", "tel"],
  transformTags: { a: sanitizeHtml.simpleTransform("a", { rel: "noopener noreferrer" }) },
};

const dynamodb = new DynamoDBClient();
// A mail is sent once: a retry could send it twice.
const ses = new SESv2Client({ maxAttempts: 1 });

class Problem extends Error {
  constructor(status, slug, more = {}) {
    super(slug);
    this.status = status;
    this.body = { type: `/problems/${slug}`, title: slug, status, ...more };
  }
}

/** The published keys; the query also opens the connection while Lambda starts the function. */
async function signingKeys() {
  const answer = await dynamodb.send(
    new QueryCommand({
      TableName: TABLE,
      KeyConditionExpression: "pk = :trust",
      ExpressionAttributeValues: { ":trust": { S: "TRUST" } },
    }),
  );
  const keys = answer.Items.filter((item) => item.sk.S.startsWith("SIGNING_KEY#"));
  return new Map(
    await Promise.all(
      keys.map(async (item) => {
        const x = Buffer.from(item.key.B).toString("base64url");
        return [item.sk.S.slice("SIGNING_KEY#".length), await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA")];
      }),
    ),
  );
}

const KEYS = await signingKeys();

const answer = (statusCode, body, headers = {}) => ({
  statusCode,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
  isBase64Encoded: false,
});

export async function handler(event, context) {
  try {
    return await sendEmail(event, context.awsRequestId);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return answer(problem.status, problem.body, { "content-type": "application/problem+json" });
  }
}

async function authenticate(headers) {
  const [scheme, token] = (headers.authorization ?? "").split(" ");
  try {
    if (scheme.toLowerCase() !== "bearer") throw new Error("no token");
    const key = KEYS.get(decodeProtectedHeader(token).kid);
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["EdDSA"],
      audience: "hiring-portal-api",
      issuer: "hiring-portal",
      typ: "at+jwt",
      requiredClaims: ["exp", "iat", "sub"],
    });
    return payload;
  } catch {
    throw new Problem(401, "unauthenticated");
  }
}

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " " };
const asText = (markup) =>
  markup
    .replace(/<br ?\/?>|<\/(p|div|li|h[1-3]|blockquote)>/g, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/&[a-z]+;/g, (entity) => ENTITIES[entity] ?? entity)
    .trim();

function parse(event) {
  const { headers, pathParameters } = event;
  const key = (headers["idempotency-key"] ?? "").trim();
  if (!/^[!-~]{8,128}$/.test(key)) throw new Problem(400, "bad-request");
  if (headers["if-match"] === undefined) throw new Problem(428, "version-missing");
  const body = JSON.parse(event.body);
  const fields = Object.keys(body).sort().join();
  if (fields !== "bodyHtml,subject") throw new Problem(422, "validation", { errors: [{ pointer: "", detail: fields }] });
  const subject = body.subject.trim();
  const clean = sanitizeHtml(body.bodyHtml, ALLOWED);
  const text = asText(clean);
  const errors = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!subject || /[\x00-\x1f]/.test(subject) || PLACEHOLDER.test(subject))
    errors.push({ pointer: "/subject", detail: "one line without placeholders" });
  if (!text || clean.length > 100_000 || PLACEHOLDER.test(text))
    errors.push({ pointer: "/bodyHtml", detail: "a text without placeholders" });
  if (errors.length) throw new Problem(422, "validation", { errors });
  const hash = createHash("sha256");
  for (const part of [event.requestContext.http.method, event.rawPath, event.rawQueryString, event.body])
    hash.update(`${Buffer.byteLength(part)}:${part}`);
  return { key, ifMatch: headers["if-match"].trim(), ...pathParameters, subject, clean, text, fingerprint: hash.digest("hex") };
}

async function load(keys) {
  const Keys = keys.map(([pk, sk]) => ({ pk: { S: pk }, sk: { S: sk } }));
  const found = await dynamodb.send(
    new BatchGetItemCommand({ RequestItems: { [TABLE]: { ConsistentRead: true, Keys } } }),
  );
  const items = found.Responses[TABLE].map((item) => unmarshall(item));
  return keys.map(([pk, sk]) => items.find((item) => item.pk === pk && item.sk === sk));
}

function released(user, application, job, workflow, activityId) {
  const activity = workflow.activities.find((each) => each.id === activityId);
  if (!activity?.fromStatuses.includes(application.status)) throw new Problem(403, "activity-not-released");
  if (user.role.kind === "contact") {
    const channels = activity.release?.[user.role.contactRole] ?? [];
    if (!job.contactIds.includes(user.id) || !channels.includes("email"))
      throw new Problem(403, "activity-not-released");
  }
  return activity;
}

function digest(...texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:${text},`);
  return hash.digest("hex");
}

const put = (item, condition = "attribute_not_exists(pk)", names, values) => ({
  TableName: TABLE,
  Item: marshall(item, { removeUndefinedValues: true }),
  ConditionExpression: condition,
  ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values && marshall(values),
});

const fullName = ({ title, firstName, lastName, titleAfterName }) =>
  `${title ? `${title} ` : ""}${firstName} ${lastName}${titleAfterName ? `, ${titleAfterName}` : ""}`;

function render(mailId, user, applicant, subject, clean, text, now) {
  const address = process.env.SENDER_ADDRESS;
  const signature = user.signature ?? "";
  const composer = new MailComposer({
    messageId: `<${mailId}@${address.split("@")[1]}>`,
    date: now,
    from: { name: user.name, address },
    replyTo: { name: user.name, address: user.email },
    to: { name: fullName(applicant), address: applicant.email },
    subject,
    text: `${text}\n\n-- \n${asText(signature)}\n`,
    html: `<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n${clean}\n<div class="signature">\n${signature}\n</div>\n</body>\n</html>\n`,
  });
  return composer.compile().build();
}

async function sendEmail(event, requestId) {
  const claims = await authenticate(event.headers);
  const { key, ifMatch, applicationId, activityId, subject, clean, text, fingerprint } = parse(event);
  const [workflowId] = activityId.split(".");
  const [jobId] = applicationId.split("-");
  const userId = claims.sub;
  const pk = `APPLICATION#${applicationId}`;
  const commandKey = `COMMAND#${userId}#${key}`;
  const [user, application, job, workflow, command] = await load([
    [`USER#${userId}`, "USER"],
    [pk, "APPLICATION"],
    [`JOB#${jobId}`, "JOB"],
    ["WORKFLOWS", `WORKFLOW#${workflowId}`],
    [commandKey, "COMMAND"],
  ]);
  const now = new Date();
  const at = now.toISOString();
  const seconds = Math.floor(now / 1000);
  if (!user?.active) throw new Problem(401, "unauthenticated");
  if (command && command.expiresAt > seconds) {
    if (command.fingerprint !== fingerprint) throw new Problem(422, "idempotency-key-reused");
    return answer(200, JSON.parse(command.answered));
  }
  const { role } = user;
  if (!application || !job || (role.customerId ?? application.customerId) !== application.customerId)
    throw new Problem(404, "not-found");
  if (ifMatch !== `"${application.version}"`) throw new Problem(412, "application-changed");
  if (workflow?.id !== job.workflowId) throw new Problem(403, "activity-not-released");
  const activity = released(user, application, job, workflow, activityId);
  const { applicant } = application;
  if (!applicant.email) throw new Problem(409, "applicant-without-email");

  const recorded = (status) => {
    const { id, name, nameForContacts } = workflow.statuses.find((each) => each.id === status);
    return { id, name, nameForContacts };
  };
  const target = workflow.statuses.find((status) => status.id === activity.targetStatus);
  const sequence = application.version + 1;
  const mailId = `${applicationId}_${sequence}_1`;
  const content = {
    actorName: user.name,
    activity: { id: activityId, name: activity.name },
    fromStatus: recorded(application.status),
    toStatus: recorded(target.id),
    email: { to: applicant.email, subject, bodyHtml: clean, signatureHtml: user.signature ?? "" },
  };
  const actor = { kind: role.kind, userId, customerId: role.customerId };
  const salt = randomBytes(16).toString("hex");
  const contentText = JSON.stringify(content);
  const contentHash = digest(salt, contentText);
  const entry = {
    applicationId,
    sequence,
    at,
    actor,
    channel: "email",
    activityId,
    fromStatus: application.status,
    toStatus: target.id,
    contentHash,
    previousHash: application.historyHead,
    hash: digest(
      ...[applicationId, `${sequence}`, at, actor.kind, userId, actor.customerId ?? "", "email", activityId],
      ...[application.status, target.id, contentHash, application.historyHead],
    ),
    salt,
    content: contentText,
  };
  const changed = {
    ...application,
    status: target.id,
    statusGroup: target.group,
    statusSince: at,
    updatedAt: at,
    version: sequence,
    historyHead: entry.hash,
    lastChange: {
      at,
      actorKind: actor.kind,
      actorCustomerId: actor.customerId,
      actorName: user.name,
      channel: "email",
      activityName: activity.name,
    },
    listOrder: `4-${target.group}#${at}#${applicationId}`,
  };
  const lists = {
    feed: {
      at,
      actor,
      actorName: user.name,
      channel: "email",
      customerId: application.customerId,
      about: {
        kind: "application",
        applicationId,
        jobId,
        sequence,
        applicantName: fullName(applicant),
        activityName: activity.name,
        fromStatus: content.fromStatus,
        toStatus: content.toStatus,
        emailSubject: subject,
        mails: 1,
      },
    },
    feedOrder: `${at}#${applicationId}#${String(sequence).padStart(10, "0")}`,
    feedList: "feedAll",
    feedChannel: "email",
    feedContact: userId,
    feedCustomer: application.customerId,
    feedJob: jobId,
  };
  const history = `HISTORY#${String(sequence).padStart(10, "0")}`;
  const mail = {
    pk,
    sk: `${history}#MAIL#001`,
    id: mailId,
    recipient: applicant.email,
    recipientKind: "applicant",
    state: "sending",
    attempt: 1,
    owner: requestId,
    orderedAt: at,
    updatedAt: at,
    leaseUntil: at,
  };
  const mime = await render(mailId, user, applicant, subject, clean, text, now);
  const body = {
    application: {
      id: applicationId,
      version: `${sequence}`,
      applicant,
      job: { id: jobId, title: job.title, customerId: job.customerId },
      status: target.id,
      statusGroup: target.group,
      statusSince: at,
      updatedAt: at,
    },
    historyEntry: { id: `${sequence}`, at, ...content },
    delivery: { state: "accepted" },
  };
  const done = { pk: commandKey, sk: "COMMAND", fingerprint, applicationId, sequence, answered: JSON.stringify(body) };
  const writes = [
    put({ ...done, expiresAt: seconds + 48 * 3600 }, "attribute_not_exists(pk) OR expiresAt <= :now", undefined, { ":now": seconds }),
    put(changed, "#version = :before", { "#version": "version" }, { ":before": application.version }),
    put({ pk, sk: history, ...entry, ...lists }),
    put({ ...mail, openMails: "OPEN_MAILS#0", dueOrder: `${at}#${mailId}` }),
    put({ pk, sk: `MIME#${history.slice(8)}#001`, mime, expiresAt: seconds + 7 * 86400 }),
  ];
  try {
    await dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: writes.map((Put) => ({ Put })),
        ClientRequestToken: randomUUID(),
      }),
    );
  } catch (error) {
    if (error.name === "TransactionCanceledException") throw new Problem(412, "application-changed");
    throw error;
  }

  let sent;
  try {
    sent = await ses.send(
      new SendEmailCommand({
        FromEmailAddress: process.env.SENDER_ADDRESS,
        ConfigurationSetName: process.env.CONFIGURATION_SET,
        Destination: { ToAddresses: [applicant.email] },
        Content: { Raw: { Data: mime } },
        EmailTags: [{ Name: "mail", Value: mailId }, { Name: "attempt", Value: "1" }],
      }),
      { abortSignal: AbortSignal.timeout(8000) },
    );
  } catch {
    body.delivery.state = "sending";
    return answer(202, body, { etag: `"${sequence}"` });
  }
  const accepted = { ...mail, state: "accepted", messageId: sent.MessageId, answered: "accepted" };
  await dynamodb.send(
    new PutItemCommand(
      put(
        accepted,
        "attempt = :attempt AND #owner = :owner AND #state = :state",
        { "#owner": "owner", "#state": "state" },
        { ":attempt": 1, ":owner": requestId, ":state": "sending" },
      ),
    ),
  );
  return answer(200, body, { etag: `"${sequence}"` });
}
