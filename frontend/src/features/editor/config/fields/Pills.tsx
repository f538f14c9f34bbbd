import { ActionIcon, Combobox, Pill, PillsInput, useCombobox } from '@mantine/core'
import { X } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { moved } from '../form/paths'
import type { useFrame } from '../form/useFrame'

const text = strings.config
const MOST_SHOWN = 200

type Props = ReturnType<typeof useFrame> & {
  values: readonly string[]
  onChange: (values: string[]) => void
  /** What is offered; null where there is nothing to offer. */
  offered: readonly string[] | null
  renderOffered?: (value: string) => ReactNode
  /** Which are marked as wrong. */
  isWrong?: (value: string) => boolean
  labelOf?: (value: string) => string
  /** Whether what is offered is all there is. */
  isClosed?: boolean
  mayRepeat?: boolean
  placeholder?: string
  footer?: ReactNode
}

/** Values in an order: added by typing or choosing, moved and removed by mouse or keyboard. */
export function Pills({
  values,
  onChange,
  offered,
  renderOffered,
  isWrong,
  labelOf = String,
  isClosed,
  mayRepeat,
  placeholder,
  footer,
  ...frame
}: Props) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [search, setSearch] = useState('')
  const [dragged, setDragged] = useState<number | null>(null)
  const pills = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const wanted = search.trim().toLowerCase()
  const found = (offered ?? []).filter(
    each => labelOf(each).toLowerCase().includes(wanted) && (mayRepeat || !values.includes(each)),
  )

  const add = (value: string) => {
    setSearch('')
    combobox.resetSelectedOption()
    if (mayRepeat || !values.includes(value)) onChange([...values, value])
  }
  const focus = (position: number) => {
    const all = pills.current?.querySelectorAll<HTMLElement>('[data-pill]')
    const pill = all?.[position]
    if (pill) pill.focus()
    else input.current?.focus()
  }
  const remove = (position: number) => {
    onChange(values.filter((_, each) => each !== position))
    requestAnimationFrame(() => focus(Math.min(position, values.length - 2)))
  }
  const move = (from: number, to: number) => {
    if (to < 0 || to >= values.length) return
    onChange(moved(values, from, to))
    requestAnimationFrame(() => focus(to))
  }
  const onPillKey = (event: KeyboardEvent, position: number) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key]
    if (step !== undefined) event.altKey ? move(position, position + step) : focus(position + step)
    else if (event.key === 'Delete' || event.key === 'Backspace') remove(position)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const take = () => {
    const exact = found.find(each => labelOf(each).toLowerCase() === wanted) ?? (isClosed ? found[0] : undefined)
    if (exact !== undefined) add(exact)
    else if (search !== '' && !isClosed) add(search.trim())
  }
  const onInputKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const { selectionStart, selectionEnd } = event.currentTarget
    const isAtStart = selectionStart === 0 && selectionEnd === 0
    if (event.key === 'Backspace' && search === '') onChange(values.slice(0, -1))
    if (event.key === 'ArrowLeft' && isAtStart) focus(values.length - 1)
    if (event.key !== 'Enter' || combobox.getSelectedOptionIndex() !== -1) return
    take()
    event.preventDefault()
  }
  const drop = (event: DragEvent, position: number) => {
    event.preventDefault()
    if (dragged !== null && dragged !== position) onChange(moved(values, dragged, position))
    setDragged(null)
  }

  return (
    <Combobox store={combobox} shadow="md" position="bottom-start" onOptionSubmit={value => add(value)}>
      <Combobox.DropdownTarget>
        <PillsInput {...frame} className={classes.pills} onClick={() => combobox.openDropdown()}>
          <Pill.Group ref={pills}>
            {values.map((value, position) => (
              <Pill
                // biome-ignore lint/suspicious/noArrayIndexKey: a value may be there twice
                key={position}
                data-pill
                data-wrong={isWrong?.(value) || undefined}
                className={classes.pill}
                tabIndex={-1}
                role="group"
                aria-label={text.placed(labelOf(value), position + 1, values.length)}
                title={text.reorder}
                draggable
                onDragStart={() => setDragged(position)}
                onDragOver={event => event.preventDefault()}
                onDrop={event => drop(event, position)}
                onKeyDown={event => onPillKey(event, position)}
              >
                <span className={classes.pillText}>{labelOf(value)}</span>
                <ActionIcon
                  size={16}
                  variant="transparent"
                  color="gray"
                  tabIndex={-1}
                  aria-label={text.remove(labelOf(value))}
                  onClick={event => {
                    event.stopPropagation()
                    remove(position)
                  }}
                >
                  <X size={12} />
                </ActionIcon>
              </Pill>
            ))}
            <Combobox.EventsTarget>
              <PillsInput.Field
                className={classes.pillField}
                ref={input}
                value={search}
                placeholder={values.length === 0 ? placeholder : undefined}
                onFocus={() => combobox.openDropdown()}
                onBlur={() => {
                  combobox.closeDropdown()
                  // What was typed is meant, even without Enter.
                  if (search.trim() !== '' && !isClosed) add(search.trim())
                }}
                onChange={({ currentTarget }) => {
                  setSearch(currentTarget.value)
                  combobox.openDropdown()
                  combobox.resetSelectedOption()
                }}
                onKeyDown={onInputKey}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown hidden={offered === null || (found.length === 0 && wanted === '')}>
        <Combobox.Options mah={260} style={{ overflowY: 'auto' }}>
          {found.slice(0, MOST_SHOWN).map(each => (
            <Combobox.Option key={each} value={each}>
              {renderOffered?.(each) ?? labelOf(each)}
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{isClosed ? strings.list.nothing : text.columns.none}</Combobox.Empty>}
        </Combobox.Options>
        {footer && <Combobox.Footer>{footer}</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  )
}
