import { testPages } from './pages.ts';

testPages('explanation');
