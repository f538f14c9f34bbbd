import { Card, Center, Stack, Text, Title } from '@mantine/core'
import { Navigate, useSearchParams } from 'react-router'
import { Logo } from '@/components/Logo'
import { strings } from '@/strings'
import { SignInForm } from './SignInForm'
import classes from './SignInPage.module.css'
import { useSessionStatus } from './store'

const text = strings.session

/** Where everybody who is not signed in comes out; it leads back to where they wanted to go. */
export function Component() {
  const status = useSessionStatus()
  const [search] = useSearchParams()
  if (status === 'signed-in') return <Navigate to={safe(search.get('next'))} replace />
  return (
    <Center component="main" mih="100vh" p="md" className={classes.page}>
      <Stack w={380} maw="100%" gap="lg">
        <Stack gap={6} align="center">
          <Logo size={48} />
          <Title order={1} size="h2" mt="xs">
            {text.welcome}
          </Title>
          <Text c="dimmed">{text.tagline}</Text>
        </Stack>
        <Card withBorder shadow="md" p="xl" radius="lg">
          <SignInForm />
        </Card>
        <Text c="dimmed" size="xs" ta="center">
          {text.firstTime}
        </Text>
      </Stack>
    </Center>
  )
}

/** Only a path of this application: another site's address would make the page a way to lure people there. */
function safe(next: string | null): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/'
}
