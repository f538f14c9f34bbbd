// Beside every file of dist that shrinks: a .br and a .gz, so that the service compresses nothing while it serves.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const DIST = new URL('../dist', import.meta.url).pathname
const TEXT = /\.(js|css|html|svg|json|txt|map|wasm)$/

for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (!entry.isFile() || !TEXT.test(entry.name)) continue
  const content = await readFile(path)
  if (content.length < 1000) continue
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  await writeFile(`${path}.br`, brotliCompressSync(content, quality))
  await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }))
}
