import { expect, it } from 'vitest'
import type { ConnectionOut, ConnectionTypeOut } from '@/api/generated'
import { fieldsOf, isJsonObject, typedOf } from './form'

const http: ConnectionTypeOut = {
  name: 'http',
  title: 'REST API',
  description: '',
  form: {
    properties: {
      host: { type: 'string', title: 'Host' },
      port: { type: 'integer', title: 'Port', default: 443 },
      token: { type: 'string', title: 'Token', writeOnly: true },
      headers: { type: 'object', title: 'Headers' },
      tls: { type: 'boolean', title: 'TLS' },
    },
    required: ['host'],
  },
}
const saved = { fields: { host: 'a.example', headers: { A: '1' }, tls: false } } as unknown as ConnectionOut

it('a new form begins with the defaults, a saved one with what is saved', () => {
  expect(typedOf(http, null)).toMatchObject({ port: 443, host: undefined })
  expect(typedOf(http, saved)).toMatchObject({ host: 'a.example', port: undefined, headers: '{\n  "A": "1"\n}' })
})

it('what is empty is not sent, so a secret that was not typed stays; false and objects are sent as they are', () => {
  const typed = { ...typedOf(http, saved), token: '', port: 80 }

  expect(fieldsOf(http, typed)).toEqual({ host: 'a.example', port: 80, headers: { A: '1' }, tls: false })
})

it('knows a JSON object from other text', () => {
  expect(['{"a": 1}', '{}', '[]', 'null', '{', '"a"'].map(isJsonObject)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})
