import { Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Check, CircleUserRound, LogOut, Monitor, Moon, Sun, UserCog } from 'lucide-react'
import { Link } from 'react-router'
import { signOut } from '@/session/signOut'
import { useAccount } from '@/session/useAccount'
import { strings } from '@/strings'
import classes from './Shell.module.css'

const SCHEMES = [
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
  { value: 'auto', icon: Monitor },
] as const

/** Who is signed in, the colour scheme, and the way out. */
export function AccountMenu({ isRail }: { isRail: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const queryClient = useQueryClient()
  const account = useAccount()
  const name = account?.name || strings.shell.account
  return (
    <Menu position="right-end" withArrow shadow="md" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.link} aria-label={strings.shell.account}>
          <CircleUserRound size={18} strokeWidth={1.8} aria-hidden />
          {!isRail && (
            <Text span inherit truncate>
              {name}
            </Text>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {account && <Menu.Label>{account.email}</Menu.Label>}
        <Menu.Item leftSection={<UserCog size={16} aria-hidden />} component={Link} to="/profile">
          {strings.pages.profile}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{strings.shell.scheme}</Menu.Label>
        {SCHEMES.map(({ value, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === value && <Check size={14} aria-hidden />}
            onClick={() => setColorScheme(value)}
            closeMenuOnClick={false}
          >
            {strings.shell.schemes[value]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => signOut(queryClient)}>
          {strings.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
