import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '..')
const FEATURES = join(SRC, 'features')

/** The feature that a path lies in, if any. */
function featureOf(path: string): string | null {
  const inside = relative(FEATURES, path)
  return inside.startsWith('..') ? null : (inside.split('/')[0] ?? null)
}

/** Each import of each source file, as the path it leads to. */
function* imports(): Generator<{ file: string; target: string }> {
  for (const name of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name) || name.startsWith('api/generated')) continue
    const file = join(SRC, name)
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
      if (from.startsWith('@/')) yield { file, target: join(SRC, from.slice(2)) }
      else if (from.startsWith('.')) yield { file, target: resolve(dirname(file), from) }
    }
  }
}

it('a feature imports no other feature, and nothing shared imports a feature but the router', () => {
  const wrong = [...imports()]
    .filter(({ file, target }) => {
      const [here, there] = [featureOf(file), featureOf(target)]
      return there !== null && here !== there && file !== join(SRC, 'app/router.tsx')
    })
    .map(({ file, target }) => `${relative(SRC, file)} → ${relative(SRC, target)}`)

  expect(wrong).toEqual([])
})
