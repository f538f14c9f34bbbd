import { Badge, Button, Card, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { AccountOut } from '@/api/generated'
import {
  changeMeMutation,
  changePasswordMutation,
  getMeOptions,
  getMeQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { type Chosen, isChosen, NewPassword } from '@/components/NewPassword'
import { Page } from '@/components/Page'
import { PageHeader } from '@/components/PageHeader'
import { toast } from '@/components/toast'
import { strings } from '@/strings'

const text = strings.people.profile
const NOTHING = { password: '', repeated: '' }

export function Component() {
  const me = useQuery(getMeOptions())
  return (
    <Page title={strings.pages.profile} width={960}>
      <PageHeader title={strings.pages.profile} description={text.description} />
      {me.isPending && <ListSkeleton />}
      {me.isError && !me.data && <ErrorState error={me.error} onRetry={() => void me.refetch()} />}
      {me.data && (
        <SimpleGrid cols={{ base: 1, md: 2 }} style={{ alignItems: 'start' }}>
          <You key={me.data.name} account={me.data} />
          <Password account={me.data} />
        </SimpleGrid>
      )}
    </Page>
  )
}

function You({ account }: { account: AccountOut }) {
  const queryClient = useQueryClient()
  const [name, setName] = useState(account.name)
  const change = useMutation({
    ...changeMeMutation(),
    onSuccess: changed => {
      queryClient.setQueryData(getMeQueryKey(), changed)
      toast.success(text.saved)
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    change.mutate({ body: { name: name.trim() } })
  }
  return (
    <Card withBorder>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4">
          {text.you}
        </Title>
        <Badge variant="light" tt="none" title={strings.people.roleHints[account.role]}>
          {strings.people.roles[account.role]}
        </Badge>
      </Group>
      {account.is_service ? (
        <Text c="dimmed">{text.isService}</Text>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput label={strings.people.email} value={account.email} readOnly />
            <TextInput
              label={strings.people.name}
              required
              maxLength={200}
              value={name}
              onChange={event => setName(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={change.isPending} disabled={!name.trim() || name.trim() === account.name}>
                {strings.actions.save}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Card>
  )
}

function Password({ account }: { account: AccountOut }) {
  const [current, setCurrent] = useState('')
  const [chosen, setChosen] = useState<Chosen>(NOTHING)
  const change = useMutation({
    ...changePasswordMutation(),
    onSuccess: () => {
      setCurrent('')
      setChosen(NOTHING)
      toast.success(text.changed)
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    change.mutate({ body: { current_password: current, new_password: chosen.password } })
  }
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="md">
        {text.password}
      </Title>
      {account.has_password ? (
        <form onSubmit={submit}>
          <Stack>
            <PasswordInput
              label={text.current}
              autoComplete="current-password"
              required
              value={current}
              onChange={event => setCurrent(event.currentTarget.value)}
            />
            <NewPassword value={chosen} onChange={setChosen} />
            <Group justify="flex-end">
              <Button type="submit" loading={change.isPending} disabled={!current || !isChosen(chosen)}>
                {text.change}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Text c="dimmed">{text.noPassword}</Text>
      )}
    </Card>
  )
}
