import { Button, Input, Text } from '@mantine/core'
import { ArrowLeftRight, Plus } from 'lucide-react'
import { useRef } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { FormContext, useForm, useProblems } from '../form/context'
import { Field } from '../form/Field'
import type { Option } from '../form/options'
import { pointerOf } from '../form/paths'
import { type FieldProps, useFrame } from '../form/useFrame'
import { RowTools } from './RowTools'

const text = strings.config

type Props = FieldProps & { partner: Option; others: unknown }

/** Two lists whose members belong together: the keys of a join, left and right. */
export function PairsField(props: Props) {
  const { option, partner, path, value, others } = props
  const form = useForm()
  const list = useRef<HTMLDivElement>(null)
  const { size: _, ...frame } = useFrame({ ...props, option: { ...option, title: text.pairs.title } }, { deep: false })
  const otherPath = [...path.slice(0, -1), partner.name]
  const otherProblems = useProblems(otherPath, false).map(problem => problem.message)
  const [left, right] = [namesOf(value), namesOf(others)]
  const count = Math.max(left.length, right.length)
  const set = (nextLeft: string[], nextRight: string[]) =>
    form.changeAll(
      [
        [path, nextLeft],
        // What is empty means the same names.
        [otherPath, nextRight.every(name => name === '') ? [] : nextRight],
      ],
      'chosen',
    )
  const rights = () =>
    Array.from(
      { length: count },
      (_, position) => right[position] ?? (right.length === 0 ? '' : (left[position] ?? '')),
    )
  const side = (of: Option, title: string, position: number, at: readonly string[]): React.ReactNode => {
    const isLeft = of === option
    const names = isLeft ? left : right
    const take = (next: unknown, manner: 'typed' | 'chosen') => {
      const name = String(next ?? '')
      if (isLeft) return form.change(path, replaced(left, position, name, count), manner)
      // The first right name that differs makes the others explicit.
      const filled = rights().map((each, index) => (each === '' ? (left[index] ?? '') : each))
      const changed = replaced(filled, position, name, count)
      form.change(otherPath, changed.every((each, index) => each === '' || each === left[index]) ? [] : changed, manner)
    }
    return (
      <FormContext value={{ ...form, change: (_, next, manner) => take(next, manner) }}>
        <Field
          option={{
            ...of,
            kind: { is: 'column' },
            title,
            help: '',
            isRequired: false,
            examples: [],
            preset: undefined,
          }}
          path={[...at, String(position)]}
          value={names[position] ?? (isLeft ? undefined : left[position])}
          siblings={{}}
          isCompact
        />
      </FormContext>
    )
  }
  return (
    <Input.Wrapper
      {...frame}
      error={[frame.error, ...otherProblems].filter(Boolean).join(' ') || undefined}
      labelElement="div"
      role="group"
      aria-label={text.pairs.title}
    >
      <div ref={list} className={classes.rows}>
        {Array.from({ length: count }, (_, position) => (
          <fieldset
            // biome-ignore lint/suspicious/noArrayIndexKey: pairs have no name of their own
            key={position}
            className={classes.line}
            aria-label={text.row(text.pairs.title, position + 1)}
            data-path={pointerOf([...path, String(position)])}
          >
            {side(option, text.pairs.left, position, path)}
            <ArrowLeftRight size={14} className={classes.arrow} aria-hidden />
            {side(partner, text.pairs.right, position, otherPath)}
            <RowTools
              label={text.row(text.pairs.title, position + 1)}
              position={position}
              count={count}
              onRemove={() => set(without(left, position), right.length === 0 ? [] : without(rights(), position))}
            />
          </fieldset>
        ))}
      </div>
      {count === 0 && (
        <Text size="xs" c="dimmed">
          {partner.help}
        </Text>
      )}
      <Button
        mt={6}
        size="compact-sm"
        variant="light"
        leftSection={<Plus size={14} />}
        onClick={() => {
          set([...replaced(left, count, '', count)], right.length === 0 ? [] : [...rights(), ''])
          requestAnimationFrame(() => list.current?.children[count]?.querySelector<HTMLElement>('input')?.focus())
        }}
      >
        {text.pairs.add}
      </Button>
    </Input.Wrapper>
  )
}

const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const without = (names: readonly string[], position: number) => names.filter((_, each) => each !== position)

/** The names with another at a place, filled up to it. */
function replaced(names: readonly string[], position: number, name: string, count: number): string[] {
  const filled = Array.from({ length: Math.max(count, position + 1) }, (_, each) => names[each] ?? '')
  filled[position] = name
  return filled
}
