import { Alert, Button, Card, Center, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Link, useLocation } from 'react-router'
import { acceptInvitationMutation } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { Logo } from '@/components/Logo'
import { type Chosen, isChosen, NewPassword } from '@/components/NewPassword'
import { useTitle } from '@/components/Page'
import { strings } from '@/strings'
import classes from './SignInPage.module.css'

const text = strings.people.invitation

/** Where an invited person chooses a password; the token stands behind the `#`, which browsers keep to themselves. */
export function Component() {
  const token = useLocation().hash.slice(1)
  const [chosen, setChosen] = useState<Chosen>({ password: '', repeated: '' })
  const accept = useMutation({ ...acceptInvitationMutation(), meta: { quiet: true } })
  useTitle(text.title)
  function submit(event: FormEvent) {
    event.preventDefault()
    accept.mutate({ body: { token, password: chosen.password } })
  }
  return (
    <Center component="main" mih="100vh" p="md" className={classes.page}>
      <Stack w={380} maw="100%" gap="lg">
        <Stack gap={6} align="center">
          <Logo size={48} />
          <Title order={1} size="h2" mt="xs">
            {text.title}
          </Title>
          <Text c="dimmed" ta="center">
            {text.hint}
          </Text>
        </Stack>
        <Card withBorder shadow="md" p="xl" radius="lg">
          {accept.isSuccess ? (
            <Stack>
              <Alert color="teal" icon={<CircleCheck size={18} />} role="status">
                {text.done}
              </Alert>
              <Button component={Link} to="/sign-in">
                {strings.session.signIn}
              </Button>
            </Stack>
          ) : (
            <form onSubmit={submit}>
              <Stack>
                {(accept.isError || !token) && (
                  <Alert color="red" icon={<CircleAlert size={18} />} role="alert">
                    {token ? messageOf(accept.error) : text.missing}
                  </Alert>
                )}
                <NewPassword value={chosen} onChange={setChosen} />
                <Button type="submit" loading={accept.isPending} disabled={!token || !isChosen(chosen)}>
                  {text.choose}
                </Button>
              </Stack>
            </form>
          )}
        </Card>
      </Stack>
    </Center>
  )
}
