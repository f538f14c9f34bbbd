import { Button, Input, SegmentedControl, Select } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { ExpressionField } from '../fields/CodeField'
import { RowTools } from '../fields/RowTools'
import { FormContext, useColumns, useForm } from '../form/context'
import { Field } from '../form/Field'
import type { Kind, Option } from '../form/options'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'
import { type Condition, type Conditions, linesOf, OPERATORS, type Operator, valuesOf, written } from './conditions'

const text = strings.config.conditions

/** A condition as lines of column, comparison and value, for as long as it is that simple; else, and on demand, as text. */
export function ConditionField(props: FieldProps) {
  const columns = useColumns(props.option)
  const types = new Map(columns?.map(column => [column.name, column.type]))
  const isText = (column: string) => !/^(integer|bigint|float|decimal|boolean)/.test(types.get(column) ?? 'string')
  const found = linesOf(shown(props.value), isText)
  // What an expression cannot hold, a line without a column, is kept here while it is filled in.
  const [draft, setDraft] = useState<Conditions | null>(null)
  const isDraft = draft !== null && written(complete(draft), isText) === shown(props.value)
  const lines = isDraft ? draft : found
  const [isByHand, setByHand] = useState(() => found === null || found.lines.length === 0)
  if (isByHand || lines === null) {
    return (
      <div>
        <ExpressionField {...props} />
        {lines !== null && <Mode isByHand onChange={setByHand} />}
      </div>
    )
  }
  return (
    <div>
      <Lines {...props} conditions={lines} isText={isText} onDraft={setDraft} />
      <Mode isByHand={false} onChange={setByHand} />
    </div>
  )
}

function complete({ join, lines }: Conditions): Conditions {
  return { join, lines: lines.filter(line => line.column !== '') }
}

function Mode({ isByHand, onChange }: { isByHand: boolean; onChange: (isByHand: boolean) => void }) {
  return (
    <SegmentedControl
      mt={6}
      size="xs"
      aria-label={text.mode}
      value={isByHand ? 'text' : 'lines'}
      onChange={mode => onChange(mode === 'text')}
      data={[
        { value: 'lines', label: text.lines },
        { value: 'text', label: text.text },
      ]}
    />
  )
}

type LinesProps = FieldProps & {
  conditions: Conditions
  isText: (column: string) => boolean
  onDraft: (conditions: Conditions) => void
}

function Lines({ conditions, isText, onDraft, ...props }: LinesProps) {
  const { option, path } = props
  const { change } = useForm()
  const list = useRef<HTMLDivElement>(null)
  const { size: _, ...frame } = useFrame(props)
  const { join, lines } = conditions
  const set = (next: Conditions, manner: 'typed' | 'chosen') => {
    onDraft(next)
    change(path, written(complete(next), isText) || undefined, manner)
  }
  const replace = (position: number, part: Partial<Condition>, manner: 'typed' | 'chosen') =>
    set({ join, lines: lines.map((line, each) => (each === position ? { ...line, ...part } : line)) }, manner)
  return (
    <Input.Wrapper {...frame} labelElement="div" role="group" aria-label={option.title}>
      <div ref={list} className={classes.rows}>
        {lines.map((line, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
          <fieldset key={position} className={classes.row} aria-label={strings.config.row(option.title, position + 1)}>
            <div className={classes.rowHead}>
              {position === 0 ? (
                <span />
              ) : (
                <SegmentedControl
                  size="xs"
                  aria-label={text.join}
                  value={join}
                  data={[
                    { value: 'AND', label: text.and },
                    { value: 'OR', label: text.or },
                  ]}
                  onChange={next => set({ join: next as 'AND' | 'OR', lines }, 'chosen')}
                />
              )}
              <RowTools
                label={strings.config.row(option.title, position + 1)}
                position={position}
                count={lines.length}
                onRemove={() => set({ join, lines: lines.filter((_, each) => each !== position) }, 'chosen')}
              />
            </div>
            <Line
              option={option}
              path={path}
              line={line}
              onChange={(part, manner) => replace(position, part, manner)}
            />
          </fieldset>
        ))}
      </div>
      <Button
        mt={6}
        size="compact-sm"
        variant="light"
        leftSection={<Plus size={14} />}
        onClick={() => {
          set({ join, lines: [...lines, { column: '', operator: '=', values: [''] }] }, 'chosen')
          requestAnimationFrame(() =>
            list.current?.children[lines.length]?.querySelector<HTMLElement>('input:not([type=radio])')?.focus(),
          )
        }}
      >
        {text.add}
      </Button>
    </Input.Wrapper>
  )
}

type LineProps = Pick<FieldProps, 'option' | 'path'> & {
  line: Condition
  onChange: (part: Partial<Condition>, manner: 'typed' | 'chosen') => void
}

function Line({ option, path, line, onChange }: LineProps) {
  const form = useForm()
  const count = valuesOf(line.operator)
  const part = (title: string, kind: Kind): Option => ({
    ...option,
    name: title,
    title,
    kind,
    help: '',
    examples: [],
    preset: undefined,
    isRequired: false,
  })
  const within = (take: (value: unknown, manner: 'typed' | 'chosen') => void) => ({
    ...form,
    problems: [],
    change: (_: unknown, value: unknown, manner: 'typed' | 'chosen') => take(value, manner),
  })
  const turn = (operator: Operator) => {
    const wanted = valuesOf(operator)
    const values = wanted === null ? line.values : Array.from({ length: wanted }, (_, each) => line.values[each] ?? '')
    onChange({ operator, values }, 'chosen')
  }
  return (
    <div className={classes.rowFields}>
      <FormContext value={within((value, manner) => onChange({ column: shown(value) }, manner))}>
        <Field
          option={part(text.column, { is: 'column' })}
          path={path}
          value={line.column || undefined}
          siblings={{}}
          isCompact
        />
      </FormContext>
      <Select
        size="xs"
        label={text.operator}
        data={OPERATORS.map(value => ({ value, label: text.operators[value] }))}
        value={line.operator}
        allowDeselect={false}
        comboboxProps={{ shadow: 'md' }}
        onChange={operator => operator && turn(operator as Operator)}
      />
      {count === null && (
        <FormContext value={within(value => onChange({ values: (value as unknown[]).map(shown) }, 'chosen'))}>
          <Field
            option={part(text.values, { is: 'list', item: { is: 'text', keepsEmpty: false } })}
            path={path}
            value={line.values}
            siblings={{}}
            isCompact
          />
        </FormContext>
      )}
      {Array.from({ length: count ?? 0 }, (_, each) => (
        <FormContext
          // biome-ignore lint/suspicious/noArrayIndexKey: the first value and the second
          key={each}
          value={within((value, manner) =>
            onChange({ values: line.values.map((known, at) => (at === each ? shown(value) : known)) }, manner),
          )}
        >
          <Field
            option={part(count === 2 ? (each === 0 ? text.from : text.to) : text.value, {
              is: 'text',
              keepsEmpty: false,
            })}
            path={path}
            value={line.values[each] ?? ''}
            siblings={{}}
            isCompact
          />
        </FormContext>
      ))}
    </div>
  )
}
