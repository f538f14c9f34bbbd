import {
  Activity,
  Bell,
  Blocks,
  Database,
  Folder,
  LayoutTemplate,
  type LucideIcon,
  ScrollText,
  Users,
  Workflow,
} from 'lucide-react'
import { strings } from '@/strings'

type NavigationItem = { to: string; label: string; icon: LucideIcon; isForAdmins?: boolean }

/** What the navigation offers, in groups; a page that is not here is reached from another page. */
export const NAVIGATION: NavigationItem[][] = [
  [
    { to: '/pipelines', label: strings.pages.pipelines, icon: Workflow },
    { to: '/executions', label: strings.pages.executions, icon: Activity },
    { to: '/files', label: strings.pages.files, icon: Folder },
    { to: '/templates', label: strings.pages.templates, icon: LayoutTemplate },
    { to: '/connections', label: strings.pages.connections, icon: Database },
    { to: '/modules', label: strings.pages.modules, icon: Blocks },
  ],
  [
    { to: '/alerts', label: strings.pages.alerts, icon: Bell, isForAdmins: true },
    { to: '/users', label: strings.pages.users, icon: Users, isForAdmins: true },
    { to: '/audit', label: strings.pages.audit, icon: ScrollText, isForAdmins: true },
  ],
]
