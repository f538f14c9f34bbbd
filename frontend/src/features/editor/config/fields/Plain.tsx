import { ActionIcon, Group, NativeSelect, Select, Switch, TextInput } from '@mantine/core'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { useForm } from '../form/context'
import type { Kind } from '../form/options'
import { type FieldProps, useFrame } from '../form/useFrame'
import { numberOf, shown } from '../form/values'

const text = strings.config

/** What an empty field says: the default, else an example. */
export function placeholderOf({ option }: Pick<FieldProps, 'option'>): string | undefined {
  const { preset, examples } = option
  if (preset !== undefined && preset !== null && preset !== '' && typeof preset !== 'object')
    return text.preset(shown(preset))
  const [example] = examples
  return example === undefined || example === '' || typeof example === 'object'
    ? undefined
    : text.placeholder(shown(example))
}

export function TextField(props: FieldProps & { kind: Extract<Kind, { is: 'text' }> }) {
  const { option, path, value, kind } = props
  const { change } = useForm()
  const reset = kind.keepsEmpty && typeof value === 'string' && (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={text.toDefault}
      onClick={() => change(path, undefined, 'chosen')}
    >
      <RotateCcw size={14} />
    </ActionIcon>
  )
  return (
    <TextInput
      {...useFrame(props)}
      value={shown(value)}
      placeholder={value === '' ? text.empty : placeholderOf({ option })}
      rightSection={reset}
      onChange={({ currentTarget }) => change(path, currentTarget.value || emptied(props), 'typed')}
    />
  )
}

/** What an emptied field means: nothing given; the empty text where that differs from it. */
function emptied({ option, kind }: FieldProps & { kind: Extract<Kind, { is: 'text' }> }): string | undefined {
  return kind.keepsEmpty || (typeof option.preset === 'string' && option.preset !== '') ? '' : undefined
}

const UNITS = { seconds: 1, minutes: 60, hours: 3600 } as const
type Unit = keyof typeof UNITS

/** A number; what is not one yet stays as it is typed, and the service says so. */
export function NumberField(props: FieldProps & { kind: Extract<Kind, { is: 'number' }> }) {
  const { option, path, value } = props
  const { change } = useForm()
  const isDuration = option.unit === 'seconds'
  const [unit, setUnit] = useState<Unit>(() => (isDuration ? largestUnit(value) : 'seconds'))
  const [typed, setTyped] = useState<string | null>(null)
  const factor = isDuration ? UNITS[unit] : 1
  const asShown = typeof value === 'number' ? shown(value / factor) : shown(value)
  // While it is typed, `1.` and `1.50` stay what they are.
  const isSame = typed !== null && (typed === asShown || numberOf(typed) === numberOf(asShown))
  const set = (next: string) => {
    setTyped(next)
    const number = numberOf(next)
    change(path, next.trim() === '' ? undefined : number === undefined ? next : number * factor, 'typed')
  }
  return (
    <TextInput
      {...useFrame(props)}
      inputMode={props.kind.whole ? 'numeric' : 'decimal'}
      value={isSame ? typed : asShown}
      placeholder={
        typeof option.preset === 'number' ? text.preset(shown(option.preset / factor)) : placeholderOf({ option })
      }
      onChange={({ currentTarget }) => set(currentTarget.value)}
      rightSectionWidth={isDuration ? 108 : option.unit ? 48 : undefined}
      rightSectionPointerEvents={isDuration ? 'auto' : 'none'}
      rightSection={
        isDuration ? (
          <NativeSelect
            variant="unstyled"
            size="xs"
            className={classes.inField}
            aria-label={text.units.of}
            value={unit}
            onChange={({ currentTarget }) => {
              setTyped(null)
              setUnit(currentTarget.value as Unit)
            }}
            data={(Object.keys(UNITS) as Unit[]).map(each => ({ value: each, label: text.units[each] }))}
          />
        ) : (
          option.unit
        )
      }
    />
  )
}

function largestUnit(value: unknown): Unit {
  if (typeof value !== 'number' || value === 0) return 'seconds'
  return value % UNITS.hours === 0 ? 'hours' : value % UNITS.minutes === 0 ? 'minutes' : 'seconds'
}

export function BooleanField(props: FieldProps) {
  const { option, path, value } = props
  const { change } = useForm()
  const { withAsterisk: _, ...frame } = useFrame(props)
  return (
    <Group wrap="nowrap">
      <Switch
        {...frame}
        checked={Boolean(value ?? option.preset)}
        onChange={({ currentTarget }) => change(path, currentTarget.checked, 'chosen')}
      />
    </Group>
  )
}

/** One of a few values, also of such as a list of texts cannot hold. */
export function ChoiceField(props: FieldProps & { kind: Extract<Kind, { is: 'choice' }> }) {
  const { option, path, value, kind } = props
  const { change } = useForm()
  const data = kind.values.map(each => ({ value: JSON.stringify(each), label: labelOf(each) }))
  const isKnown = value === undefined || value === null || kind.values.includes(value)
  return (
    <Select
      {...useFrame(props)}
      data={isKnown ? data : [...data, { value: JSON.stringify(value), label: shown(value) }]}
      value={value === undefined || value === null ? null : JSON.stringify(value)}
      placeholder={
        option.preset === undefined || option.preset === null ? undefined : text.preset(labelOf(option.preset))
      }
      clearable={!option.isRequired && value !== option.preset}
      allowDeselect={false}
      searchable={data.length > 4}
      nothingFoundMessage={strings.list.nothing}
      comboboxProps={{ shadow: 'md' }}
      onChange={chosen => change(path, chosen === null ? undefined : JSON.parse(chosen), 'chosen')}
    />
  )
}

export function labelOf(value: unknown): string {
  if (value === '') return text.nothing
  const names: Record<string, string> = text.characters
  return names[shown(value)] ?? shown(value)
}
