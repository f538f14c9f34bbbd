import type { StreamMessage } from '@/api/generated'

export type Connection = 'connecting' | 'live' | 'broken' | 'ended' | 'refused'

type Options = {
  executionId: string
  token: () => string | null
  /** Get a newer token than the one that was refused; false when nobody is signed in any more. */
  renew: () => Promise<boolean>
  onMessages: (messages: StreamMessage[]) => void
  onConnection: (connection: Connection) => void
  open?: (address: string) => WebSocket
}

const FIRST_DELAY = 500
const LONGEST_DELAY = 15_000
const GATHER = 100

/** One execution's stream: connects again behind the last message for as long as there is more to come. */
export class ExecutionStream {
  #socket: WebSocket | null = null
  #cursor: string | null = null
  #failures = 0
  #gathered: StreamMessage[] = []
  #gathering: ReturnType<typeof setTimeout> | undefined
  #waiting: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(private readonly options: Options) {
    this.#connect()
  }

  /** Say a newer token, before the old one ends the stream. */
  sendToken(token: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type: 'token', token }))
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#waiting)
    clearTimeout(this.#gathering)
    this.#socket?.close()
  }

  #connect(): void {
    const { executionId, token, open = address => new WebSocket(address) } = this.options
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = open(`${scheme}://${location.host}/api/v1/executions/${executionId}/stream`)
    this.#socket = socket
    socket.onopen = () => socket.send(JSON.stringify({ type: 'start', token: token() ?? '', cursor: this.#cursor }))
    socket.onmessage = event => this.#take(JSON.parse(String(event.data)) as StreamMessage)
    socket.onclose = event => void this.#closed(event.code)
  }

  #take(message: StreamMessage): void {
    if (this.#isClosed) return
    this.#failures = 0
    if ('cursor' in message) this.#cursor = message.cursor
    this.options.onConnection('live')
    if (message.type === 'ping' || message.type === 'error') return
    this.#gathered.push(message)
    // A replay is thousands of messages: one drawing for all that came within a moment.
    this.#gathering ??= setTimeout(() => this.#hand(), GATHER)
  }

  #hand(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    const messages = this.#gathered
    this.#gathered = []
    if (messages.length > 0) this.options.onMessages(messages)
  }

  async #closed(code: number): Promise<void> {
    if (this.#isClosed) return
    this.#hand()
    if (code === 1000) return this.options.onConnection('ended')
    if (code === 4404 || (code === 4400 && this.#cursor === null)) return this.options.onConnection('refused')
    if (code === 4401 && !(await this.options.renew())) return this.options.onConnection('refused')
    if (this.#isClosed) return
    this.options.onConnection('broken')
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++)
    this.#waiting = setTimeout(() => this.#connect(), delay)
  }
}
