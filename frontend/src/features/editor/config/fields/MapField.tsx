import { Button, Input } from '@mantine/core'
import { ArrowRight, Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { FormContext, type Manner, useColumns, useForm, useProblems } from '../form/context'
import { Field } from '../form/Field'
import type { Kind, Option } from '../form/options'
import { pointerOf } from '../form/paths'
import { isRepeated, keepLines, type Line, linesOf, mappingOf } from '../form/pendingRows'
import { type FieldProps, useFrame } from '../form/useFrame'
import { RowTools } from './RowTools'

const text = strings.config

type Props = FieldProps & { kind: Extract<Kind, { is: 'map' }> }

/** Names and their values: columns and their types, old names and new. */
export function MapField(props: Props) {
  const { option, path, value, kind } = props
  const form = useForm()
  const { size: _, ...frame } = useFrame(props, { deep: false })
  const place = `${form.nodeId}${pointerOf(path)}`
  const [, redraw] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const lines = linesOf(place, value)
  const set = (next: Line[], manner: Manner) => {
    keepLines(place, next)
    form.change(path, mappingOf(next), manner)
    redraw(count => count + 1)
  }
  const replace = (position: number, change: Partial<Line>, manner: Manner) =>
    set(
      lines.map((line, each) => (each === position ? { ...line, ...change } : line)),
      manner,
    )
  return (
    <Input.Wrapper {...frame} labelElement="div" role="group" aria-label={option.title}>
      <div ref={list} className={classes.rows}>
        {lines.map((line, position) => (
          <MapLine
            // biome-ignore lint/suspicious/noArrayIndexKey: the name changes while it is typed
            key={position}
            {...{ option, path, kind, line, position, count: lines.length }}
            isRepeated={isRepeated(lines, position)}
            onChange={(change, manner) => replace(position, change, manner)}
            onRemove={() =>
              set(
                lines.filter((_, each) => each !== position),
                'chosen',
              )
            }
          />
        ))}
      </div>
      <Button
        mt={6}
        size="compact-sm"
        variant="light"
        leftSection={<Plus size={14} />}
        onClick={() => {
          set([...lines, { key: '', value: undefined }], 'chosen')
          requestAnimationFrame(() =>
            list.current?.children[lines.length]?.querySelector<HTMLElement>('input')?.focus(),
          )
        }}
      >
        {text.add}
      </Button>
    </Input.Wrapper>
  )
}

type LineProps = Pick<Props, 'option' | 'path' | 'kind'> & {
  line: Line
  position: number
  count: number
  isRepeated: boolean
  onChange: (change: Partial<Line>, manner: Manner) => void
  onRemove: () => void
}

function MapLine({ option, path, kind, line, position, count, isRepeated, onChange, onRemove }: LineProps) {
  const form = useForm()
  const columns = useColumns(option)
  const here = [...path, line.key]
  const problems = useProblems(here, true)
  const label = text.row(option.title, position + 1)
  const isKeyWrong =
    kind.key.is === 'column' && columns !== undefined && !columns.some(column => column.name === line.key)
  const part = (kind: Kind): Option => ({
    name: '',
    kind,
    title: '',
    help: '',
    examples: [],
    preset: undefined,
    isRequired: false,
    isAdvanced: false,
    input: option.input,
  })
  const repeated = {
    code: 'twice',
    message: text.twice,
    path: pointerOf(here),
    hint: null,
    place: null,
    severity: 'error',
    node_id: null,
    edge_id: null,
  } as const
  return (
    <fieldset className={classes.line} aria-label={label} data-path={pointerOf(here)}>
      <FormContext
        value={{
          ...form,
          problems: isRepeated ? [repeated] : isKeyWrong ? problems : [],
          change: (_, key, manner) => onChange({ key: String(key ?? '') }, manner),
        }}
      >
        <Field
          option={{ ...part(kind.key), title: text.mapKeys[kind.key.is] ?? text.mapKeys.text ?? '' }}
          path={here}
          value={line.key || undefined}
          siblings={{}}
          isCompact
        />
      </FormContext>
      <ArrowRight size={14} className={classes.arrow} aria-hidden />
      <FormContext
        value={{
          ...form,
          problems: isKeyWrong ? [] : problems,
          change: (_, value, manner) => onChange({ value: value ?? (kind.value.is === 'text' ? '' : value) }, manner),
        }}
      >
        <Field
          option={{ ...part(kind.value), title: text.mapValues[kind.value.is] ?? text.mapValues.text ?? '' }}
          path={here}
          value={line.value}
          siblings={{}}
          isCompact
        />
      </FormContext>
      <RowTools label={label} position={position} count={count} onRemove={onRemove} />
    </fieldset>
  )
}
