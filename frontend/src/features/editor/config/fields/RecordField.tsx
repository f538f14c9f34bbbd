import { Input, Stack } from '@mantine/core'
import classes from '../Form.module.css'
import { Field } from '../form/Field'
import { isWanted, type Kind } from '../form/options'
import { type FieldProps, useFrame } from '../form/useFrame'

/** Options within an option. */
export function RecordField(props: FieldProps & { kind: Extract<Kind, { is: 'record' }> }) {
  const { option, path, value, kind } = props
  const { size: _, ...frame } = useFrame(props, { deep: false })
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return (
    <Input.Wrapper {...frame} labelElement="div" role="group" aria-label={option.title}>
      <Stack gap="sm" mt="xs" className={classes.inner}>
        {kind.options
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
    </Input.Wrapper>
  )
}
