// A person with a real browser: Debian's Chromium, headless, driven by npm `playwright-core`.
//
// Arguments: the folder with packages, and as JSON `authorize` (the address an assistant opens),
// `redirect` (how the address it waits for begins), `person`, `decision`, and `screenshot` (a file)
// if the consent page is to be kept. Prints one JSON object a line: what the consent page is like,
// then where the browser came to and what its console said.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [folder, given] = process.argv.slice(2);
const packages = createRequire(`${folder}/`);
const { chromium } = packages('playwright-core');
const { authorize, redirect, person, decision, screenshot } = JSON.parse(given);
const PATIENCE = 30_000;

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});

/// A window of its own, with empty pockets, on the consent page.
async function consentPage(options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const console = [];
  page.on('console', (message) => {
    const { url } = message.location();
    // The browser looks for one by itself, also at Entra, and where there is none says so.
    if (!url.endsWith('/favicon.ico')) console.push(`${message.type()}: ${message.text()} (${url})`);
  });
  page.on('pageerror', (error) => console.push(`error: ${error.message}`));
  await page.goto(authorize);
  return { page, console };
}

try {
  // The checker brings styles of its own, so it looks at pages without a policy for them.
  const checker = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');
  const violations = [];
  let passes = 0;
  for (const looks of [{}, { colorScheme: 'dark', viewport: { width: 320, height: 640 } }]) {
    const examined = await consentPage({ bypassCSP: true, ...looks });
    await examined.page.evaluate(checker);
    const found = await examined.page.evaluate('axe.run()');
    violations.push(...found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`));
    passes += found.passes.length;
    const tooWide = await examined.page.evaluate('document.documentElement.scrollWidth > innerWidth');
    if (tooWide) violations.push('one has to scroll sideways');
    await examined.page.context().close();
  }

  const { page, console } = await consentPage({ viewport: { width: 800, height: 800 } });
  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
  say({
    title: await page.title(),
    text: await page.locator('body').innerText(),
    scripts: await page.locator('script').count(),
    violations,
    passes,
  });

  // Whatever leads to the assistant's address ends here: nobody has to listen there.
  let arrived;
  const landed = new Promise((resolve) => (arrived = resolve));
  const watch = (url) => url.startsWith(redirect) && arrived(url);
  page.on('request', (request) => watch(request.url()));
  if (redirect.startsWith('http')) {
    await page.route((url) => url.href.startsWith(redirect), (route) => route.fulfill({ body: 'done' }));
  }
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('Page.enable');
  inspector.on('Page.frameRequestedNavigation', ({ url }) => watch(url));

  await page.locator(`button[name=decision][value=${decision}]`).click();
  if (decision === 'allow') {
    await page.locator(`button[name=stand_in_user][value=${person}]`).click();
  }
  const tooLate = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the browser stays at ${page.url()}`)), PATIENCE).unref();
  });
  const address = await Promise.race([landed, tooLate]);
  // An app's own scheme is opened by a page that stays, in case nothing opens by itself.
  const link = redirect.startsWith('http') ? null : await page.locator('a').first().getAttribute('href');
  say({ landed: address, link, console });
} finally {
  await browser.close();
}
