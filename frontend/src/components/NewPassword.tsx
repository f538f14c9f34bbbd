import { PasswordInput } from '@mantine/core'
import { strings } from '@/strings'

const text = strings.people
export const SHORTEST = 10

export type Chosen = { password: string; repeated: string }

/** Whether a password was chosen that the service takes. */
export function isChosen({ password, repeated }: Chosen): boolean {
  return password.length >= SHORTEST && password === repeated
}

/** A new password, typed twice. */
export function NewPassword({ value, onChange }: { value: Chosen; onChange: (value: Chosen) => void }) {
  const { password, repeated } = value
  return (
    <>
      <PasswordInput
        label={text.newPassword}
        description={text.shortest(SHORTEST)}
        autoComplete="new-password"
        required
        minLength={SHORTEST}
        value={password}
        onChange={event => onChange({ ...value, password: event.currentTarget.value })}
      />
      <PasswordInput
        label={text.repeat}
        autoComplete="new-password"
        required
        error={repeated && repeated !== password ? text.differs : null}
        value={repeated}
        onChange={event => onChange({ ...value, repeated: event.currentTarget.value })}
      />
    </>
  )
}
