import { Select, Stack } from '@mantine/core'
import classes from '../Form.module.css'
import { useForm } from '../form/context'
import { Field } from '../form/Field'
import { isWanted, type Kind } from '../form/options'
import { type FieldProps, useFrame } from '../form/useFrame'
import { labelOf } from './Plain'

/** One of several ways, each with options of its own; those of the same name are kept when the way changes. */
export function VariantField(props: FieldProps & { kind: Extract<Kind, { is: 'variants' }> }) {
  const { option, path, value, kind } = props
  const { change } = useForm()
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const tag = String(given[kind.tag] ?? (option.preset as Record<string, unknown> | undefined)?.[kind.tag] ?? '')
  const variant = kind.variants.find(each => each.value === tag)
  const frame = useFrame(props, { deep: variant === undefined })
  const turn = (to: string) => {
    const names = new Set(kind.variants.find(each => each.value === to)?.options.map(each => each.name))
    const kept = Object.entries(given).filter(([name]) => names.has(name))
    change(path, { [kind.tag]: to, ...Object.fromEntries(kept) }, 'chosen')
  }
  return (
    <>
      <Select
        {...frame}
        data={kind.variants.map(each => ({ value: each.value, label: labelOf(each.value) }))}
        value={tag || null}
        allowDeselect={false}
        comboboxProps={{ shadow: 'md' }}
        onChange={to => to && turn(to)}
        description={variant?.help || frame.description}
      />
      {variant && variant.options.length > 0 && (
        <Stack gap="sm" mt="xs" className={classes.inner}>
          {variant.options
            .filter(each => isWanted(each, given))
            .map(each => (
              <Field
                key={each.name}
                option={each}
                path={[...path, each.name]}
                value={given[each.name]}
                siblings={given}
              />
            ))}
        </Stack>
      )}
    </>
  )
}
