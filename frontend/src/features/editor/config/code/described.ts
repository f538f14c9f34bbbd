import type { FunctionOut } from '@/api/generated'

/** A function's signature, help and example, for completion and for the mouse over it. */
export function describedFunction({ signature, description, example }: FunctionOut): HTMLElement {
  const box = document.createElement('div')
  for (const [name, text] of [
    ['signature', signature],
    ['help', description],
    ['example', example],
  ] as const) {
    const line = document.createElement(name === 'help' ? 'div' : 'code')
    line.className = `ld-code-${name}`
    line.textContent = text
    box.append(line)
  }
  return box
}

/** A line of plain text. */
export function described(text: string): HTMLElement {
  const box = document.createElement('code')
  box.className = 'ld-code-signature'
  box.textContent = text
  return box
}
