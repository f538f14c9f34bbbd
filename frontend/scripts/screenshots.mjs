// Every page of a running stack, light and dark, as docs/images/<page>-<scheme>.png; exit code 1 when a page says an error.
// LOGIDATA_URL is where the builder is served, LOGIDATA_TOKEN a token of the service (var/secrets.env).
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const URL_OF_BUILDER = process.env.LOGIDATA_URL ?? 'http://127.0.0.1:8000'
const TOKEN = process.env.LOGIDATA_TOKEN ?? ''
const INTO = process.env.LOGIDATA_IMAGES ?? fileURLToPath(new URL('../../docs/images', import.meta.url))
const ONLY = process.argv.slice(2)

async function first(path) {
  const response = await fetch(`${URL_OF_BUILDER}/api/v1/${path}`, { headers: { Authorization: `Bearer ${TOKEN}` } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()).items[0]?.id
}

const pipeline = await first('pipelines')
const execution = await first('executions')
const pages = {
  pipelines: '/pipelines',
  executions: '/executions',
  ...(execution && { execution: `/executions/${execution}` }),
  ...(pipeline && {
    versions: `/pipelines/${pipeline}/versions`,
    schedule: `/pipelines/${pipeline}/schedule`,
    webhooks: `/pipelines/${pipeline}/webhooks`,
  }),
  files: '/files',
}

await mkdir(INTO, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
let failed = false
for (const colorScheme of ['light', 'dark']) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    colorScheme,
    reducedMotion: 'reduce',
  })
  // The session of a service token, which has no cookie to be renewed by.
  await context.route('**/api/v1/auth/refresh', route => route.fulfill({ json: { access_token: TOKEN } }))
  const page = await context.newPage()
  page.on('console', message => {
    if (message.type() !== 'error') return
    failed = true
    process.stderr.write(`${page.url()}: ${message.text()}\n`)
  })
  page.on('pageerror', error => {
    failed = true
    process.stderr.write(`${page.url()}: ${error}\n`)
  })
  for (const [name, path] of Object.entries(pages)) {
    if (ONLY.length > 0 && !ONLY.includes(name)) continue
    await page.goto(URL_OF_BUILDER + path)
    await page.locator('h1').waitFor({ timeout: 20_000 })
    await page.waitForTimeout(1_500) // the last answers and the faces of the font
    await page.screenshot({ path: `${INTO}/${name}-${colorScheme}.png` })
  }
  await context.close()
}
await browser.close()
process.exit(failed ? 1 : 0)
