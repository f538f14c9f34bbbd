import { Button, Input, Text } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useRef } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { useForm } from '../form/context'
import { Field } from '../form/Field'
import { isWanted, type Kind } from '../form/options'
import { moved } from '../form/paths'
import { type FieldProps, useFrame } from '../form/useFrame'
import { RowTools } from './RowTools'

const text = strings.config

type Row = Record<string, unknown>

/** Several records in an order: aggregations, rules, sort keys. */
export function RowsField(props: FieldProps & { kind: Extract<Kind, { is: 'rows' }> }) {
  const { option, path, value, kind } = props
  const { change } = useForm()
  const list = useRef<HTMLDivElement>(null)
  const { size: _, ...frame } = useFrame(props, { deep: false })
  const rows = (Array.isArray(value) ? value : []).map(row =>
    typeof row === 'object' && row !== null ? (row as Row) : {},
  )
  const set = (next: Row[]) => change(path, next, 'chosen')
  const focus = (position: number) =>
    requestAnimationFrame(() =>
      list.current?.children[position]?.querySelector<HTMLElement>('input, select, textarea')?.focus(),
    )
  const move = (from: number, to: number) => {
    if (to < 0 || to >= rows.length) return
    set(moved(rows, from, to))
    focus(to)
  }
  return (
    <Input.Wrapper {...frame} labelElement="div" role="group" aria-label={option.title}>
      <div ref={list} className={classes.rows}>
        {rows.map((row, position) => (
          <fieldset
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own
            key={position}
            className={classes.row}
            aria-label={text.row(option.title, position + 1)}
            onKeyDown={event => {
              const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined
              if (step === undefined) return
              event.preventDefault()
              move(position, position + step)
            }}
          >
            <div className={classes.rowHead}>
              <Text size="xs" c="dimmed">
                {position + 1}
              </Text>
              <RowTools
                label={text.row(option.title, position + 1)}
                position={position}
                count={rows.length}
                onMove={to => move(position, to)}
                onRemove={() => {
                  set(rows.filter((_, each) => each !== position))
                  focus(Math.max(0, position - 1))
                }}
              />
            </div>
            <div className={classes.rowFields}>
              {kind.options
                .filter(each => isWanted(each, row))
                .map(each => (
                  <Field
                    key={each.name}
                    option={each}
                    path={[...path, String(position), each.name]}
                    value={row[each.name]}
                    siblings={row}
                    isCompact
                  />
                ))}
            </div>
          </fieldset>
        ))}
      </div>
      <Button
        mt={6}
        size="compact-sm"
        variant="light"
        leftSection={<Plus size={14} />}
        onClick={() => {
          set([...rows, {}])
          focus(rows.length)
        }}
      >
        {text.add}
      </Button>
    </Input.Wrapper>
  )
}
