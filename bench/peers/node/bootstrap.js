// Asks Lambda's Runtime API for events, as AWS's own client does, with nothing but Node.

import { Agent, request } from "node:http";
import { handler } from "./handler.js";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const options = { host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` };
    const asked = request(options, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ headers: answer.headers, body: Buffer.concat(parts) }));
    });
    asked.on("error", reject);
    asked.end(body);
  });

for (;;) {
  const { headers, body } = await ask("GET", "next");
  const id = headers["lambda-runtime-aws-request-id"];
  try {
    const answered = await handler(JSON.parse(body), { awsRequestId: id });
    await ask("POST", `${id}/response`, JSON.stringify(answered));
  } catch (error) {
    await ask("POST", `${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
  }
}
