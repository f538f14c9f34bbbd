import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { CircleAlert } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { messageOf } from '@/api/problem'
import { strings } from '@/strings'
import { login } from './tokens'

const text = strings.session

/** Name and password; whoever shows it is told by the session that it worked. */
export function SignInForm() {
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      if (!(await login(username, password))) setProblem(text.failed)
    } catch (error) {
      setProblem(error instanceof TypeError ? strings.errors.unreachable : messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        {problem && (
          <Alert color="red" icon={<CircleAlert size={18} />} role="alert">
            {problem}
          </Alert>
        )}
        <TextInput
          label={text.username}
          autoComplete="username"
          required
          withAsterisk={false}
          data-autofocus
          autoFocus
          value={username}
          onChange={event => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label={text.password}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy} fullWidth mt="xs">
          {text.signIn}
        </Button>
      </Stack>
    </form>
  )
}
