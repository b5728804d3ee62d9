// The official TypeScript SDK as a person's assistant: signs in, calls, refreshes, calls.
//
// Arguments: the folder with packages, which of them (`client`, or `sdk` for the older one), the MCP
// address, and the address of a client metadata document if it is not to register. Prints one JSON
// object a line: the address for the browser, then what each round of calls brought.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';

const [folder, generation, url, document] = process.argv.slice(2);
const packages = createRequire(`${folder}/`);
const sdk =
  generation === 'sdk'
    ? {
        ...packages('@modelcontextprotocol/sdk/client/index.js'),
        ...packages('@modelcontextprotocol/sdk/client/streamableHttp.js'),
        ...packages('@modelcontextprotocol/sdk/client/auth.js'),
      }
    : packages('@modelcontextprotocol/client');

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

let landed;
const answer = new Promise((resolve) => (landed = resolve));
const listener = createServer((request, response) => {
  response.setHeader('connection', 'close');
  response.end('done');
  landed(new URL(request.url, 'http://127.0.0.1').searchParams);
});
await new Promise((listening) => listener.listen(0, '127.0.0.1', listening));
const redirectUrl = `http://127.0.0.1:${listener.address().port}/callback`;

const kept = { client: undefined, tokens: undefined, verifier: undefined, discovery: undefined };
const state = randomUUID();
const provider = {
  redirectUrl,
  clientMetadata: {
    client_name: `TypeScript ${generation}`,
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  state: () => state,
  // The library's own `clientMetadataUrl` insists on https, which loopback has not.
  clientInformation: () => kept.client ?? (document && { client_id: document }),
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
  saveDiscoveryState: (discovery) => void (kept.discovery = discovery),
  discoveryState: () => kept.discovery,
  redirectToAuthorization: (address) => say({ authorize: address.href }),
};

async function connect() {
  const transport = new sdk.StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const client = new sdk.Client({ name: 'story', version: '1' });
  await client.connect(transport);
  return client;
}

async function calls(client) {
  const { tools } = await client.listTools();
  const found = await client.callTool({ name: 'sharepoint_search', arguments: { query: 'budget' } });
  const titles = found.structuredContent.items.map(({ title }) => title);
  return { tools: tools.map(({ name }) => name), titles };
}

try {
  await connect();
  throw new Error('nobody has signed in, and it connects');
} catch (refusal) {
  if (!(refusal instanceof sdk.UnauthorizedError)) throw refusal;
}
const fields = await answer;
if (fields.get('state') !== state) throw new Error('the answer is to another question');
const transport = new sdk.StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
await transport.finishAuth(generation === 'sdk' ? fields.get('code') : fields);

const client = await connect();
const secrets = () => [kept.tokens.access_token, kept.tokens.refresh_token];
say({ ...(await calls(client)), client_id: kept.client?.client_id, secrets: secrets() });
// A token that the server refuses: the library has to find the way by itself.
kept.tokens = { ...kept.tokens, access_token: 'spoiled' };
const renewed = await calls(client);
say({ ...renewed, secrets: secrets() });
await client.close();
listener.close();
