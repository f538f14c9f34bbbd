import { NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { strings } from '@/strings'
import { type Entry, isJsonObject, type Typed } from '../api/form'

const text = strings.connections
const MANY_LINES = new Set(['private_key_content', 'keyfile_dict'])

type Props = {
  name: string
  entry: Entry & { isRequired: boolean }
  value: Typed[string]
  /** A secret that is saved, which nobody sees again. */
  isSet: boolean
  error: string | undefined
  onChange: (value: Typed[string]) => void
}

/** One entry of a connection, by its JSON Schema. */
export function ConnectionField(props: Props) {
  const { entry, value, error, onChange } = props
  if (entry.type === 'boolean')
    return (
      <Switch
        label={entry.title}
        description={entry.description}
        error={error}
        checked={value === true}
        onChange={event => onChange(event.currentTarget.checked)}
      />
    )
  const common = commonOf(props)
  if (entry.type === 'integer')
    return (
      <NumberInput
        {...common}
        min={entry.minimum}
        max={entry.maximum}
        allowDecimal={false}
        thousandSeparator=""
        value={typeof value === 'number' ? value : ''}
        onChange={given => onChange(typeof given === 'number' ? given : undefined)}
      />
    )
  if (entry.enum)
    return (
      <Select
        {...common}
        data={entry.enum}
        value={value === undefined ? null : String(value)}
        onChange={given => onChange(given ?? '')}
        clearable
      />
    )
  return <Written {...props} />
}

/** What is typed as text: a line, a secret, or JSON and keys of many lines. */
function Written(props: Props) {
  const { entry, value, isSet, error, onChange } = props
  const shown = value === undefined ? '' : String(value)
  const given = { ...commonOf(props), value: shown, placeholder: isSet ? text.kept : undefined }
  if (entry.type === 'object' || MANY_LINES.has(props.name))
    return (
      <Textarea
        {...given}
        autosize
        minRows={2}
        maxRows={10}
        error={error ?? (entry.type === 'object' && shown && !isJsonObject(shown) ? text.isObject : undefined)}
        onChange={event => onChange(event.currentTarget.value)}
      />
    )
  const Input = entry.writeOnly ? PasswordInput : TextInput
  return (
    <Input
      {...given}
      autoComplete={entry.writeOnly ? 'new-password' : 'off'}
      onChange={event => onChange(event.currentTarget.value)}
    />
  )
}

function commonOf({ name, entry, isSet, error }: Props) {
  return { name, label: entry.title, description: entry.description, error, required: entry.isRequired && !isSet }
}
