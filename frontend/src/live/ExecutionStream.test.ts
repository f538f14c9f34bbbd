import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StreamMessage } from '@/api/generated'
import { type Connection, ExecutionStream } from './ExecutionStream'

/** The browser's end of a line that the test holds the other end of. */
class Line {
  readonly sent: unknown[] = []
  readyState = 1
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {}
  says(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

let lines: Line[]
let heard: StreamMessage[]
let states: Connection[]

beforeEach(() => {
  vi.useFakeTimers()
  ;[lines, heard, states] = [[], [], []]
})
afterEach(() => vi.useRealTimers())

function follow(renew = async () => true) {
  return new ExecutionStream({
    executionId: 'x',
    token: () => 'token',
    renew,
    onMessages: messages => heard.push(...messages),
    onConnection: state => states.push(state),
    open: () => {
      const line = new Line()
      lines.push(line)
      return line as unknown as WebSocket
    },
  })
}

const end = (cursor: string) => ({ type: 'end', cursor, status: 'success' })

it('after a break it goes on behind the last message', async () => {
  follow()
  lines[0]?.onopen?.()
  lines[0]?.says({ type: 'log', cursor: '7', lines: [], progress: {} })
  lines[0]?.onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(600)
  lines[1]?.onopen?.()

  expect(heard).toHaveLength(1)
  expect(lines[1]?.sent).toEqual([{ type: 'start', token: 'token', cursor: '7' }])
})

it('hands on what came last before the end, and does not connect again', async () => {
  follow()
  lines[0]?.says(end('9'))
  lines[0]?.onclose?.({ code: 1000 })
  await vi.advanceTimersByTimeAsync(60_000)

  expect(heard.map(({ type }) => type)).toEqual(['end'])
  expect(states.at(-1)).toBe('ended')
  expect(lines).toHaveLength(1)
})

it('an expired token is renewed first; without a session it stops', async () => {
  const renew = vi.fn(async () => renew.mock.calls.length < 2)
  follow(renew)
  lines[0]?.onclose?.({ code: 4401 })
  await vi.advanceTimersByTimeAsync(600)
  expect(lines).toHaveLength(2)

  lines[1]?.onclose?.({ code: 4401 })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(lines).toHaveLength(2)
  expect(states.at(-1)).toBe('refused')
})

it('nothing is heard after it was closed', async () => {
  const stream = follow()
  lines[0]?.says(end('9'))
  stream.close()
  lines[0]?.onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(60_000)

  expect(heard).toEqual([])
  expect(lines).toHaveLength(1)
})
